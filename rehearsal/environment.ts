import { delimiter } from "node:path";
import tls from "node:tls";
import { stateUrl } from "../engine/state-url";
import type { TwinHost } from "./twins";

/** The throw-away passphrase of every rehearsal: its stacks hold placeholders and simulated things only. */
export const REHEARSAL_PASSPHRASE = "passphrase-of-nobody";

/** What the environment of a rehearsal is made of. */
export interface EnvironmentParts {
  /** Folders to find commands in, before those of the machine. */
  readonly path: readonly string[];
  /** The engine's home and its state. */
  readonly home: string;
  readonly state: string;
  /** Packages served by their real providers. */
  readonly real: readonly string[];
  readonly twins: Pick<TwinHost, "env" | "path">;
}

// What would let the operator's own stacks, clusters or clouds into a rehearsal.
const OWN = /^(PULUMI_|NODE_OPTIONS$)/;
const CREDENTIALS: Readonly<Record<string, RegExp>> = {
  kubernetes: /^(KUBECONFIG$|KUBE_|HELM_)/,
  minio: /^MINIO_/,
  docker: /^DOCKER_/,
  "azure-native": /^(ARM_|AZURE_)/,
};

/** The variables that differ in a rehearsal from those of this process; undefined: it has none of this name. */
export function rehearsalVariables(
  parts: EnvironmentParts,
  base: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const { real, twins } = parts;
  const hidden = [
    OWN,
    ...Object.entries(CREDENTIALS).flatMap(([name, pattern]) => (real.includes(name) ? [] : [pattern])),
  ];
  const names = Object.keys(base).filter((name) => hidden.some((pattern) => pattern.test(name)));
  return {
    ...Object.fromEntries(names.map((name) => [name, undefined])),
    ...twins.env,
    PATH: [...parts.path, ...twins.path, base["PATH"] ?? ""].join(delimiter),
    PULUMI_HOME: parts.home,
    PULUMI_BACKEND_URL: stateUrl(`file://${parts.state}`),
    PULUMI_CONFIG_PASSPHRASE: REHEARSAL_PASSPHRASE,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Without it `preview --json` prints one document at its end instead of events as they happen.
    PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true",
    // A simulated provider has no plugin to look for; a real one may have to be installed.
    ...(real.length === 0 && { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" }),
  };
}

const trusted = new Set<string>();
const original = tls.createSecureContext;

/** Every context with the usual authorities gets those of rehearsals as well. */
function createSecureContext(options?: tls.SecureContextOptions): tls.SecureContext {
  const secure = original(options);
  // The context itself is the part of it that the types leave open.
  const context = secure.context as { readonly addCACert: (pem: string) => void };
  if (options?.ca === undefined) for (const pem of trusted) context.addCACert(pem);
  return secure;
}

/**
 * Makes this process trust a certificate as well: a program that runs inside of it asks the simulated registries for
 * logins, and `NODE_EXTRA_CA_CERTS` is only read when a process starts.
 *
 * @returns takes the trust away again
 */
export function trustAlso(pem: string): () => void {
  trusted.add(pem);
  tls.createSecureContext = createSecureContext;
  return () => {
    trusted.delete(pem);
    if (trusted.size === 0) tls.createSecureContext = original;
  };
}
