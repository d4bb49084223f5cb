import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { SpaceliftError } from "../../automation";
import { EngineUnavailableError, ensureEngine } from "../../engine";
import { findOnPath, runCommand } from "../../peers/run-command";

/** The engine a command runs. */
export interface ChosenEngine {
  /** Path of the engine's command. */
  readonly command: string;
  /** Folder with `bin/pulumi`; undefined for the one on PATH, which the library finds by itself. */
  readonly root?: string;
}

/**
 * Gives the `pulumi` of PATH; on a machine without one, an engine that was obtained before, the official download or a
 * build.
 *
 * @param tell receives a line for people when one has to be obtained
 * @throws SpaceliftError `SPACELIFT_ENGINE_MISSING`
 */
export async function chooseEngine(
  env: NodeJS.ProcessEnv,
  tell: (line: string) => void,
): Promise<ChosenEngine> {
  const command = await findOnPath("pulumi", env["PATH"] ?? "");
  if (command !== undefined) return { command };
  try {
    const { root } = await ensureEngine({ onProgress: tell });
    return { command: `${root}/bin/pulumi`, root };
  } catch (error) {
    if (!(error instanceof EngineUnavailableError)) throw error;
    throw new SpaceliftError("SPACELIFT_ENGINE_MISSING", error.message, {
      fix: "install the Pulumi CLI: https://www.pulumi.com/docs/install/",
      cause: error,
    });
  }
}

/** Where a backend can be named. */
export interface BackendSources {
  /** The option `--backend`. */
  readonly option?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Folder of the project. */
  readonly folder: string;
  /** Asks the engine which backend this machine is logged into. */
  readonly login: () => Promise<string | undefined>;
}

const projectShape = z.looseObject({ backend: z.looseObject({ url: z.string().optional() }).optional() });

/**
 * Finds out where the state is kept, in the order of plain `pulumi`: the option, `PULUMI_BACKEND_URL`, `backend.url` of
 * Pulumi.yaml, the login of the machine.
 *
 * @throws SpaceliftError `SPACELIFT_BACKEND_MISSING`
 */
export async function findBackend({ option, env, folder, login }: BackendSources): Promise<string> {
  const named = [option, env["PULUMI_BACKEND_URL"], fromProjectFile(folder)].find(
    (url) => url !== undefined && url !== "",
  );
  const backend = named ?? (await login());
  if (backend !== undefined) return absolute(backend, folder);
  throw new SpaceliftError(
    "SPACELIFT_BACKEND_MISSING",
    "nothing says where the state of the stack is kept, and none is ever guessed",
    {
      fix:
        "give `--backend azblob://pulumi-state?storage_account=acmestate`, set PULUMI_BACKEND_URL, " +
        "put `backend: { url: … }` into Pulumi.yaml, or run `pulumi login <url>`",
    },
  );
}

function fromProjectFile(folder: string): string | undefined {
  const file = ["Pulumi.yaml", "Pulumi.yml"].map((name) => join(folder, name)).find(existsSync);
  if (file === undefined) return undefined;
  try {
    return projectShape.parse(parse(readFileSync(file, "utf8")) ?? {}).backend?.url;
  } catch (cause) {
    throw new SpaceliftError("SPACELIFT_CONFIG_INVALID", `"${file}" cannot be read`, {
      fix: "correct the file, or say where the state is kept with `--backend`",
      cause,
    });
  }
}

/** The engine works in a folder of its own, so a relative path would lead elsewhere. */
function absolute(backend: string, folder: string): string {
  const path = /^file:\/\/(?![/~])(.*)$/.exec(backend)?.[1];
  return path === undefined ? backend : `file://${resolve(folder, path)}`;
}

/** What a question about the login runs with. */
export interface LoginOptions {
  /** Path of the engine's command, or its name on PATH. */
  readonly command: string;
  /** Folder of the project: relative logins start from it. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

const loginShape = z.looseObject({ url: z.string().min(1) });

const LOGIN_TIMEOUT_MS = 30_000;

/**
 * Asks the engine which backend this machine is logged into; undefined when into none.
 *
 * @throws SpaceliftError `SPACELIFT_BACKEND_UNREACHABLE` when the engine cannot tell
 */
export async function machineLogin({ command, folder, env }: LoginOptions): Promise<string | undefined> {
  const { code, stdout, stderr } = await runCommand(command, ["whoami", "--json", "--non-interactive"], {
    cwd: folder,
    env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    timeoutMs: LOGIN_TIMEOUT_MS,
  });
  if (code === 0) return loginShape.parse(JSON.parse(stdout)).url;
  // The first is what engines said before 3.274.
  if (/PULUMI_ACCESS_TOKEN must be set|requires logging in/.test(stderr)) return undefined;
  const said = stderr.trim().replace(/^error: /gm, "");
  throw new SpaceliftError(
    "SPACELIFT_BACKEND_UNREACHABLE",
    `the backend this machine is logged into cannot be used: ${said}`,
    { fix: "run `pulumi login`, or name a backend with `--backend`" },
  );
}

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
