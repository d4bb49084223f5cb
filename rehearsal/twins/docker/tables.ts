import { table, type World } from "../framework";

/** An image as the simulated daemon holds it. */
export interface LocalImage {
  /** Identity, as `sha256:…`. */
  readonly id: string;
}

/** An image as a simulated registry holds it. */
export interface PushedImage {
  /** Digest of the manifest, as `sha256:…`. */
  readonly digest: string;
}

/** A registry that the world knows; an image of it can only be pulled when it has been pushed. */
export interface Registry {
  /** Whether reading asks for credentials. */
  readonly isPrivate: boolean;
  /** Whether pushing asks for a login that the registry itself has given. */
  readonly needsLogin?: boolean;
  /** Id of the resource it is in a cloud. */
  readonly resourceId?: string;
}

/** A login that a registry has given. */
export interface Login {
  readonly registry: string;
}

/** Images of the simulated daemon by reference, as `registry.example.com/app:1.2`. */
export const localImages = table<LocalImage>("docker/local-image");

/** Images of simulated registries by reference. */
export const pushedImages = table<PushedImage>("docker/pushed-image");

/** Logins by {@link sealLogin}. */
export const logins = table<Login>("docker/login");

/** Turns a login into a key that tells it from others and cannot be read back. */
export function sealLogin(world: World, registry: string, username: string, password: string): string {
  return world.seal([registry, username, password].join("\n"));
}

/** Simulated registries by address, as `registry.example.com`. */
export const registries = table<Registry>("docker/registry");
