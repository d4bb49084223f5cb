import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import type { PreflightInput } from "../../preflight/check";
import { subjectOf } from "./arm/checks";
import { samples } from "./configurations";
import type { RehearsedStack } from "./rehearsed-stack";

/** Well-formed values for the secrets of a stack, which its file has encrypted. */
const secretSamples: Readonly<Record<string, string>> = {
  licenseToken: samples.licenseToken,
  databaseUrl: samples.databaseUrl,
  encryptionPrivateKey: samples.encryptionPrivateKey,
  caPrivateKey: samples.ecPem,
  kubeconfig: "clusters: []\nusers: []\n",
};

const isEncrypted = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "secure" in value;

/** The configuration that a rehearsed stack has just now, as checks see it, with other secrets in the place of its own. */
export async function subjectOfStack(stack: RehearsedStack): Promise<PreflightInput> {
  const { config } = parse(await readFile(stack.folders.configFile, "utf8")) as {
    readonly config: Readonly<Record<string, unknown>>;
  };
  const settings: Record<string, unknown> = {};
  const secrets: Record<string, string> = {};
  for (const [key, value] of Object.entries(config)) {
    const own = key.replace(/^spacelift:/, "");
    if (isEncrypted(value)) secrets[own] = secretSamples[own] ?? "a-planted-password";
    else settings[own] = value;
  }
  return subjectOf({ settings, secrets });
}
