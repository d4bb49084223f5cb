import { delimiter, dirname } from "node:path";
import type { WorkspaceOptions } from "../options";

/**
 * The complete environment of the engine: that of this process with the caller's variables over it, less what would
 * lead to another backend, passphrase or stack than the caller named.
 */
export function engineEnvironment(
  workspace: WorkspaceOptions,
  base: NodeJS.ProcessEnv = process.env,
): Readonly<Record<string, string>> {
  const { secretsProvider, env = {} } = workspace;
  const merged: NodeJS.ProcessEnv = { ...base, ...env };
  const set: NodeJS.ProcessEnv = {
    ...merged,
    // Commands of the stack are scripts for Node.js, which a program can run without having it on its PATH.
    PATH: [merged["PATH"] ?? "", dirname(process.execPath)].join(delimiter),
    PULUMI_BACKEND_URL: workspace.backend,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
    PULUMI_CONFIG_PASSPHRASE: typeof secretsProvider === "object" ? secretsProvider.passphrase : undefined,
    PULUMI_STACK: undefined,
  };
  return Object.fromEntries(
    Object.entries(set).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
