import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What the Azure CLI answers to a command. */
export interface AzAnswer {
  readonly stdout?: unknown;
  readonly stderr?: string;
  readonly code?: number;
}

/**
 * Puts an `az` into a folder that answers as told and notes its arguments in `az.log` there.
 *
 * @param answers by the words behind `account`: `show`, `get-access-token`
 * @returns the value of PATH under which it is found
 */
export function fakeAz(folder: string, answers: Readonly<Record<string, AzAnswer>>): string {
  const script = `#!${process.execPath}
const answers = ${JSON.stringify(answers)};
const args = process.argv.slice(2);
require("node:fs").appendFileSync(${JSON.stringify(join(folder, "az.log"))}, args.join(" ") + "\\n");
const { stdout, stderr = "", code = 0 } = answers[args[1]] ?? { stderr: "ERROR: unknown command", code: 2 };
if (stdout !== undefined) process.stdout.write(typeof stdout === "string" ? stdout : JSON.stringify(stdout));
process.stderr.write(stderr);
process.exitCode = code;
`;
  const path = join(folder, "az");
  writeFileSync(path, script);
  chmodSync(path, 0o755);
  return folder;
}
