import { z } from "zod";
import { SpaceliftError } from "../../automation";
import { runCommand } from "../../peers/run-command";

/** What a question about the login runs with. */
export interface LoginOptions {
  /** Path of the engine's command, or its name on PATH. */
  readonly command: string;
  /** Folder of the project: relative logins start from it. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

const answer = z.looseObject({ url: z.string().min(1) });

const TIMEOUT_MS = 30_000;

/**
 * Asks the engine which backend this machine is logged into; undefined when into none.
 *
 * @throws SpaceliftError `SPACELIFT_BACKEND_UNREACHABLE` when the engine cannot tell
 */
export async function machineLogin({ command, folder, env }: LoginOptions): Promise<string | undefined> {
  const { code, stdout, stderr } = await runCommand(command, ["whoami", "--json", "--non-interactive"], {
    cwd: folder,
    env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    timeoutMs: TIMEOUT_MS,
  });
  if (code === 0) return answer.parse(JSON.parse(stdout)).url;
  // The first is what engines said before 3.274.
  if (/PULUMI_ACCESS_TOKEN must be set|requires logging in/.test(stderr)) return undefined;
  const said = stderr.trim().replace(/^error: /gm, "");
  throw new SpaceliftError(
    "SPACELIFT_BACKEND_UNREACHABLE",
    `the backend this machine is logged into cannot be used: ${said}`,
    { fix: "run `pulumi login`, or name a backend with `--backend`" },
  );
}
