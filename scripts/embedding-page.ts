import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { errorCodes } from "../automation/errors";
import { runCommand } from "../peers/run-command";

const TYPEDOC = resolve(__dirname, "../node_modules/typedoc/bin/typedoc");

/** Everything after this line of the page is generated. */
const MARK = "<!-- Generated from the sources by `npm run docs`: everything below. -->";

/** The page on embedding: its hand-written beginning, the error codes and the reference of the API. */
export async function embeddingPage(present: string): Promise<string> {
  const end = present.indexOf(MARK);
  if (end < 0) throw new Error(`docs/embedding.md has lost the line ${MARK}`);
  return [present.slice(0, end + MARK.length), errorTable(), await apiReference()].join("\n\n");
}

function errorTable(): string {
  const rows = Object.entries(errorCodes).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`);
  return ["## Error codes", "", "| Code | Meaning |", "| --- | --- |", ...rows].join("\n");
}

async function apiReference(): Promise<string> {
  const out = await mkdtemp(join(tmpdir(), "spacelift-reference-"));
  try {
    const args = [TYPEDOC, "--options", join(__dirname, "typedoc.json"), "--out", out];
    // A process of its own: loaded into this one, TypeDoc and its plugin would be two copies that do not know each other.
    const { code, stdout, stderr } = await runCommand(process.execPath, args);
    if (code !== 0) throw new Error(`the reference cannot be generated: ${stdout}${stderr}`);
    const text = await readFile(join(out, "README.md"), "utf8");
    // One level down: the page has a title of its own.
    const deeper = text.replace(/^#{1,5} /gm, (heading) => `#${heading}`);
    return deeper.replace(/^## .*\n/, "## API reference\n");
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}
