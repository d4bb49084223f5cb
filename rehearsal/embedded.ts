import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { WorkspaceOptions } from "../automation/options";
import type { SecretName } from "../config/secrets";
import type { SettingsInput } from "../config/settings";
import { type Engine, ensureEngine, type Progress } from "../engine";
import { standInKubeconfig } from "./session/stand-in-kubeconfig";
import { standInSecrets } from "./session/stand-in-secrets";
import { trustAlso } from "./trust";
import { type Fault, type ServedOperation, startTwins } from "./twins";

/** What is simulated, and how. */
export interface EmbeddedRehearsalOptions {
  /** Folder of the state and the simulated world; kept when given. @default - a fresh one, which goes on `close` */
  readonly directory?: string;
  /** The engine. @default - that of the machine, a download, or a build */
  readonly engine?: Pick<Engine, "root">;
  /** Simulated seconds per real second. @default Infinity - nothing waits */
  readonly clock?: number;
  /** Failures to inject. */
  readonly faults?: readonly Fault[];
  /** Receives every operation that a simulated provider has carried out. */
  readonly onOperation?: (served: ServedOperation) => void;
  /** Receives a line for people when an engine has to be obtained. */
  readonly onProgress?: Progress;
}

/** A simulated world for functions of the embedding API. */
export interface EmbeddedRehearsal {
  /** The `workspace` that leads a call into the simulated world. */
  readonly workspace: WorkspaceOptions;
  /** Content of a kubeconfig of a cluster that is nowhere: the secret `kubeconfig` of an on-premises stack. */
  readonly kubeconfig: string;
  /** Secrets that stand in for those the settings of an installation call for, the kubeconfig among them. */
  secretsFor(settings: SettingsInput): Readonly<Partial<Record<SecretName, string>>>;
  /** Stops the simulation. */
  close(): Promise<void>;
}

/**
 * Starts simulated providers in this process, so that an embedding program can be tried with the real engine and nothing
 * else: no cloud, no cluster, no credentials.
 */
export async function startRehearsal(options: EmbeddedRehearsalOptions = {}): Promise<EmbeddedRehearsal> {
  const { onProgress, onOperation, faults, clock } = options;
  const engine = options.engine ?? (await ensureEngine(onProgress ? { onProgress } : {}));
  const folder = options.directory ?? (await mkdtemp(join(tmpdir(), "spacelift-rehearsal-")));
  const state = join(folder, "state");
  await mkdir(state, { recursive: true });
  const twins = await startTwins({
    stateDir: join(folder, "world"),
    ...(faults && { faults }),
    ...(onOperation && { onOperation }),
    ...(clock !== undefined && { clockScale: clock }),
  });
  const authority = twins.env["NODE_EXTRA_CA_CERTS"];
  const distrust = authority === undefined ? undefined : trustAlso(await readFile(authority, "utf8"));
  return {
    workspace: {
      backend: `file://${state}`,
      secretsProvider: { passphrase: "rehearsal" },
      directory: folder,
      engine,
      env: {
        ...twins.env,
        PATH: [...twins.path, process.env["PATH"] ?? ""].join(delimiter),
        PULUMI_HOME: join(folder, "home"),
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      },
    },
    kubeconfig: standInKubeconfig(),
    secretsFor: standInSecrets,
    close: async () => {
      distrust?.();
      await twins.close();
      if (options.directory === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}
