import type { Properties } from "./values";

/**
 * The configurations of the provider instances that share one server.
 * The engine opens a connection for each instance, so the address of the peer tells them apart.
 */
export class Configurations {
  private readonly byPeer = new Map<string, Properties>();
  private latest: Properties = {};

  /** Remembers the configuration that a peer has sent. */
  set(peer: string, config: Properties): void {
    this.byPeer.set(peer, config);
    this.latest = config;
  }

  /** The configuration of a peer; a connection that was reopened gets the latest. */
  get(peer: string): Properties {
    return this.byPeer.get(peer) ?? this.latest;
  }
}
