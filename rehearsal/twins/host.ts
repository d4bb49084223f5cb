import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { azureTwin } from "./azure";
import { endLingering } from "./azure/arm/tables";
import { RegistryServers } from "./azure/registry/servers";
import { commandTwin } from "./command";
import { dockerTwin } from "./docker";
import { type DockerDaemon, startDockerDaemon } from "./docker/daemon";
import { startRegistryProxy } from "./docker/registry-proxy";
import {
  Clock,
  type Fault,
  faultSource,
  type FaultSource,
  openWorld,
  type ServedCall,
  type ServedOperation,
  serveProvider,
  Session,
  type Twin,
} from "./framework";
import { kubernetesTwin } from "./kubernetes";
import { authorityOf } from "./loopback/authority";
import { minioTwin } from "./minio";
import { startObjectStore } from "./minio/object-store";
import { startNetwork } from "./network";
import { randomTwin } from "./random";
import { tlsTwin } from "./tls";

/** How to simulate. */
export interface TwinOptions {
  /** Folder that holds the simulated world between commands; made when it is missing. */
  readonly stateDir: string;
  /** Packages left to the real providers, as `kubernetes`. */
  readonly real?: readonly string[];
  /**
   * Simulated seconds that pass in a real second.
   * @default Infinity - nothing waits
   */
  readonly clockScale?: number;
  /** Failures to inject. */
  readonly faults?: readonly Fault[] | FaultSource;
  /** Receives every operation that a twin has carried out. */
  readonly onOperation?: (served: ServedOperation) => void;
  /** Receives every call of a function that a twin has answered. */
  readonly onCall?: (served: ServedCall) => void;
  /** The kubeconfig of a real cluster, which the simulated Azure then gives for every cluster. */
  readonly kubeconfig?: string;
}

/** The simulated providers at work, and what a command needs to use them. */
export interface TwinHost {
  /** Environment variables for the Pulumi command. */
  readonly env: Readonly<Record<string, string>>;
  /** The authority that vouches for every simulated server, PEM. */
  readonly authority: string;
  /** Folders to put first on the search path of the Pulumi command. */
  readonly path: readonly string[];
  /** Stops the providers; the world stays in its folder. */
  close(): Promise<void>;
}

/** Starts the simulated providers in this process. */
export async function startTwins(options: TwinOptions): Promise<TwinHost> {
  mkdirSync(options.stateDir, { recursive: true });
  const surroundings = {
    world: openWorld(options.stateDir),
    clock: new Clock(options.clockScale),
    faults: faultSource(options.faults),
    onOperation: options.onOperation,
    onCall: options.onCall,
  };
  const simulated = (name: string): boolean => options.real?.includes(name) !== true;
  endLingering(surroundings.world);
  const registries = simulated("azure-native") ? await RegistryServers.start(surroundings) : undefined;
  const daemon = simulated("docker")
    ? await startDockerDaemon(surroundings.world, surroundings.clock)
    : undefined;
  const store = simulated("minio") ? await startObjectStore(surroundings.world) : undefined;
  const registry = simulated("docker") ? await startRegistryProxy(surroundings) : undefined;
  const network = await startNetwork(surroundings.world, {
    cluster: simulated("kubernetes"),
    azure: simulated("azure-native"),
  });
  const { certificate: authority } = surroundings.world.change(authorityOf);
  const trust = trustFile(surroundings.world.folder, authority);
  // The program looks for kubelogin where clusters are entered with it; a real cluster takes the real one.
  const hasLogin = registries !== undefined && simulated("kubernetes");
  const path = [
    ...(daemon === undefined ? [] : [resolve(__dirname, "docker", "bin")]),
    ...(hasLogin ? [resolve(__dirname, "azure", "bin")] : []),
  ];
  const twins = [
    randomTwin,
    tlsTwin,
    kubernetesTwin,
    minioTwin,
    dockerTwin,
    azureTwin(options.kubeconfig === undefined ? {} : { kubeconfig: options.kubeconfig }),
    commandTwin({
      path,
      env: (variables) => ({
        ...daemonEnv(daemon),
        ...("BUCKET" in variables && store?.env),
        ...("IMAGE_ID" in variables && registry && { ...registry.env, NODE_EXTRA_CA_CERTS: trust }),
      }),
    }),
  ];
  const servers = await Promise.all(
    twins
      .filter((twin: Twin) => simulated(twin.package))
      .map((twin) => serveProvider(new Session(twin, surroundings))),
  );
  return {
    env: {
      PULUMI_DEBUG_PROVIDERS: servers.map((server) => `${server.package}:${server.port}`).join(","),
      ...daemonEnv(daemon),
      ...network.env,
      NODE_EXTRA_CA_CERTS: trust,
      // What the program itself waits for is as much shorter as everything else.
      SPACELIFT_REHEARSAL_PACE: String(options.clockScale ?? Number.POSITIVE_INFINITY),
    },
    authority,
    path,
    close: async () => {
      await Promise.all(servers.map((server) => server.close()));
      await daemon?.close();
      await store?.close();
      await registry?.close();
      await registries?.close();
      await network.close();
    },
  };
}

/** Writes the file of further authorities, of which Node.js takes one: those of the user go along. */
function trustFile(folder: string, authority: string): string {
  const file = resolve(folder, "trust.pem");
  const theirs = process.env["NODE_EXTRA_CA_CERTS"] ?? "";
  const hasOthers = theirs !== "" && theirs !== file && existsSync(theirs);
  writeFileSync(file, `${hasOthers ? `${readFileSync(theirs, "utf8")}\n` : ""}${authority}`);
  return file;
}

function daemonEnv(daemon: DockerDaemon | undefined): Record<string, string> {
  return daemon === undefined ? {} : { REHEARSAL_DOCKER_DAEMON: daemon.socket };
}
