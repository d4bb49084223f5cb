import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { runCommand } from "../../../../peers/run-command";
import type { ArmTemplate } from "../../../scan/arm-template";

/** What checkov says about one resource. */
export interface Finding {
  /** `CKV_AZURE_35`. */
  readonly check: string;
  /** Type and name, as `Microsoft.Storage/storageAccounts.spaceliftst…`. */
  readonly resource: string;
}

/** What checkov says about a template. */
export interface Findings {
  readonly passed: readonly Finding[];
  readonly failed: readonly Finding[];
}

const record = z.object({ check_id: z.string(), resource: z.string(), file_path: z.string() });
const report = z.object({
  results: z.object({
    passed_checks: z.array(record),
    failed_checks: z.array(record),
    skipped_checks: z.array(record).length(0),
    parsing_errors: z.array(z.string()).length(0),
  }),
});

const timeoutMs = 300_000;

/**
 * Runs checkov over templates, all at once, and gives what it says by their names. It has no network and no home: neither
 * a newer list of checks nor somebody's settings decide what it says.
 *
 * @param folder a folder of its own
 */
export async function scan<Name extends string>(
  python: string,
  folder: string,
  templates: Readonly<Record<Name, ArmTemplate>>,
): Promise<Readonly<Record<Name, Findings>>> {
  const [files, home] = [join(folder, "templates"), join(folder, "home")];
  for (const each of [files, home]) await mkdir(each, { recursive: true });
  // Object.keys forgets the names of its keys.
  const names = Object.keys(templates) as Name[];
  for (const name of names) {
    await writeFile(join(files, `${name}.json`), JSON.stringify(templates[name]));
  }
  const options = ["--framework", "arm", "--output", "json", "--compact", "--soft-fail"];
  const result = await runCommand(
    python,
    ["-I", "-m", "checkov.main", "--directory", files, ...options, "--skip-download"],
    { cwd: home, env: isolated(home), timeoutMs },
  );
  if (result.code !== 0) {
    throw new Error(`checkov ended with code ${String(result.code)}\n${result.stdout}\n${result.stderr}`);
  }
  const { results } = report.parse(JSON.parse(result.stdout));
  const of = (name: Name, records: readonly z.infer<typeof record>[]): Finding[] =>
    records
      .filter(({ file_path }) => basename(file_path) === `${name}.json`)
      .map(({ check_id, resource }) => ({ check: check_id, resource }));
  const findings = names.map((name) => [
    name,
    { passed: of(name, results.passed_checks), failed: of(name, results.failed_checks) },
  ]);
  // The names are those of the templates.
  return Object.fromEntries(findings) as Record<Name, Findings>;
}

/** An environment in which every request ends at a port that nobody listens on. */
function isolated(home: string): NodeJS.ProcessEnv {
  const nowhere = "http://127.0.0.1:9";
  return {
    PATH: process.env["PATH"],
    SYSTEMROOT: process.env["SYSTEMROOT"],
    HOME: home,
    USERPROFILE: home,
    LOG_LEVEL: "ERROR",
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
    NO_PROXY: "",
  };
}
