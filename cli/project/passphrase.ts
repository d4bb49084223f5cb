import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { SpaceliftError } from "../../automation";

/** Where a passphrase can come from. */
export interface PassphraseSources {
  readonly env: NodeJS.ProcessEnv;
  /** Asks for it without showing it; absent when nobody can be asked. */
  readonly ask?: (() => Promise<string>) | undefined;
}

/**
 * Gives the passphrase that opens the secrets of a stack: `PULUMI_CONFIG_PASSPHRASE`, the file that
 * `PULUMI_CONFIG_PASSPHRASE_FILE` names, or an answer.
 *
 * @throws SpaceliftError `SPACELIFT_PASSPHRASE_MISSING`
 */
export async function findPassphrase({ env, ask }: PassphraseSources): Promise<string> {
  const passphrase = fromEnvironment(env) ?? (await ask?.());
  if (passphrase !== undefined && passphrase !== "") return passphrase;
  throw new SpaceliftError(
    "SPACELIFT_PASSPHRASE_MISSING",
    passphrase === ""
      ? "the passphrase is empty, which protects nothing"
      : "the secrets of the stack are encrypted with a passphrase, and none was given",
    {
      fix:
        "set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE; " +
        "`pulumi stack change-secrets-provider passphrase` gives a stack another one",
    },
  );
}

function fromEnvironment(env: NodeJS.ProcessEnv): string | undefined {
  const file = env["PULUMI_CONFIG_PASSPHRASE_FILE"];
  if (env["PULUMI_CONFIG_PASSPHRASE"] !== undefined) return env["PULUMI_CONFIG_PASSPHRASE"];
  if (file === undefined || file === "") return undefined;
  try {
    return readFileSync(resolve(file), "utf8").trim();
  } catch (cause) {
    throw new SpaceliftError(
      "SPACELIFT_PASSPHRASE_MISSING",
      `the file "${file}" of PULUMI_CONFIG_PASSPHRASE_FILE cannot be read`,
      { fix: "correct the variable or the rights of the file", cause },
    );
  }
}
