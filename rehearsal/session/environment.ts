import { delimiter, join } from "node:path";
import type { Engine } from "../../engine";
import type { TwinHost } from "../twins";
import { REHEARSAL_PASSPHRASE } from "./config-cipher";
import type { Folders } from "./folders";

/** What the environment of the engine is made from. */
export interface EnvironmentParts {
  readonly engine: Engine;
  readonly folders: Pick<Folders, "home" | "state">;
  /** Packages served by their real providers. */
  readonly real: readonly string[];
  /** Simulated providers; none for commands that use no provider. */
  readonly twins?: Pick<TwinHost, "env" | "path">;
  /** See {@link ProjectFile.runtimeEnv}. */
  readonly runtimeEnv: Readonly<Record<string, string>>;
}

// What would let the operator's own stacks, clusters or clouds into a rehearsal.
const OWN = /^(PULUMI_|NODE_OPTIONS$)/;
const CREDENTIALS: Readonly<Record<string, RegExp>> = {
  kubernetes: /^(KUBECONFIG$|KUBE_|HELM_)/,
  minio: /^MINIO_/,
  docker: /^DOCKER_/,
  "azure-native": /^(ARM_|AZURE_)/,
};

/** Makes the environment of the engine from the one of this process. */
export function engineEnvironment(
  parts: EnvironmentParts,
  base: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const hidden = [OWN, ...Object.keys(CREDENTIALS).flatMap((name) => hide(name, parts.real))];
  const kept = Object.entries(base).filter(([name]) => !hidden.some((pattern) => pattern.test(name)));
  const path = [join(parts.engine.root, "bin"), ...(parts.twins?.path ?? []), base["PATH"] ?? ""];
  return {
    ...Object.fromEntries(kept),
    ...parts.runtimeEnv,
    ...parts.twins?.env,
    PATH: path.join(delimiter),
    PULUMI_HOME: parts.folders.home,
    PULUMI_BACKEND_URL: `file://${parts.folders.state}`,
    PULUMI_CONFIG_PASSPHRASE: REHEARSAL_PASSPHRASE,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Without it `preview --json` prints one document at its end instead of events as they happen.
    PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true",
    // A simulated provider has no plugin to look for; a real one may have to be installed.
    ...(parts.real.length === 0 && { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" }),
  };
}

function hide(name: string, real: readonly string[]): RegExp[] {
  const pattern = CREDENTIALS[name];
  return pattern === undefined || real.includes(name) ? [] : [pattern];
}
