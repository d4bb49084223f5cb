import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { SpaceliftError } from "../../automation";

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
