import { isAbsolute, resolve } from "node:path";
import { z } from "zod";
import { KubeError } from "./kube-error";
import type { ExecPlugin } from "./kubeconfig";
import { parseJson } from "../peers/json";
import { isNoCommand, runCommand } from "../peers/run-command";

const credentialSchema = z.object({
  kind: z.literal("ExecCredential"),
  status: z.object({
    token: z.string().min(1).optional(),
    clientCertificateData: z.string().min(1).optional(),
    clientKeyData: z.string().min(1).optional(),
  }),
});

export type ExecCredential = z.output<typeof credentialSchema>["status"];

export interface ExecPluginOptions {
  /** Folder that a relative path of the command starts from. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** The cluster, for plugins that ask for it. */
  readonly cluster: { readonly server: string; readonly certificateAuthorityData?: string };
}

const MOST_OUTPUT = 1024 * 1024;
const MOST_SHOWN = 300;

/**
 * Obtains credentials by the program that the kubeconfig names, such as kubelogin. The program gets no terminal: what
 * would ask a person fails instead of waiting.
 *
 * @throws KubeError of kind `credentials`; what the program printed to its standard output is never part of it
 */
export async function runExecPlugin(plugin: ExecPlugin, options: ExecPluginOptions): Promise<ExecCredential> {
  const output = await run(plugin, options);
  const fail = (problem: string): KubeError => new KubeError("credentials", `${plugin.command} ${problem}`);
  const answer = parseJson(output);
  if (answer === undefined) throw fail("printed no credential: its output is not JSON");
  const credential = credentialSchema.safeParse(answer);
  if (!credential.success) throw fail("printed no credential: its output is no ExecCredential with a status");
  const { status } = credential.data;
  if (status.token === undefined && status.clientCertificateData === undefined) {
    throw fail("printed an ExecCredential with neither a token nor a certificate");
  }
  return status;
}

async function run(plugin: ExecPlugin, { folder, env, signal, cluster }: ExecPluginOptions): Promise<string> {
  const { command, args, env: added, installHint } = plugin;
  const info = {
    kind: "ExecCredential",
    apiVersion: plugin.apiVersion,
    spec: {
      interactive: false,
      ...(plugin.provideClusterInfo === true && {
        cluster: {
          server: cluster.server,
          "certificate-authority-data": cluster.certificateAuthorityData,
          config: null,
        },
      }),
    },
  };
  // As client-go does: a name is looked for on the PATH, a path is relative to the kubeconfig.
  const path = command.includes("/") && !isAbsolute(command) ? resolve(folder, command) : command;
  const fail = (problem: string): never => {
    throw new KubeError("credentials", `${command} ${problem}`);
  };
  const variables = {
    ...env,
    ...Object.fromEntries((added ?? []).map(({ name, value }) => [name, value])),
    KUBERNETES_EXEC_INFO: JSON.stringify(info),
  };
  const late = (): KubeError => new KubeError("timeout", `${command} gave no credentials in time`);
  const ended = await runCommand(path, args ?? [], {
    env: variables,
    signal,
    keep: MOST_OUTPUT,
    // A script that waits for a program would leave it behind, and its output open.
    wholeGroup: true,
  }).catch((error: unknown) => {
    if (signal.aborted) throw late();
    const hint = installHint?.trim().split("\n")[0];
    return isNoCommand(error)
      ? fail(`is not installed${hint === undefined ? "" : `: ${hint}`}`)
      : fail(`cannot be run (${error instanceof Error ? error.message : String(error)})`);
  });
  if (signal.aborted) throw late();
  const { code, killedBy, stdout, stderr } = ended;
  if (code === 0) return stdout;
  const how = code === null ? `was ended by ${killedBy ?? "a signal"}` : `failed with status ${code}`;
  const said = lastLine(stderr);
  return fail(`${how}${said === "" ? "" : `: ${said}`}`);
}

/** The last line that a program complained with, without anything that looks like a token or key. */
function lastLine(text: string): string {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const masked = (lines.at(-1) ?? "").replaceAll(/[\w+/=.~-]{40,}/g, "[…]");
  return masked.length > MOST_SHOWN ? `${masked.slice(0, MOST_SHOWN)}…` : masked;
}
