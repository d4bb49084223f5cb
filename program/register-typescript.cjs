/**
 * Lets Node.js load the TypeScript of this repository: the language host starts the program with `--require` of this file.
 *
 * Types are only taken away, by sucrase; checking them belongs to `npm run typecheck`. The result of each file is kept in
 * node_modules/.cache under a hash of its source, since taking types away is most of what loading the program costs.
 */
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { basename, join, resolve } = require("node:path");
const { pid } = require("node:process");
const { addHook } = require("pirates");
const { version } = require("sucrase/package.json");

const folder = resolve(__dirname, "..", "node_modules", ".cache", "spacelift-selfhosted-pulumi");

/** Lines stay where they are, so that stack traces need no source map. */
function withoutTypes(source, path) {
  // Loaded on demand: with a full cache it is not needed.
  const { transform } = require("sucrase");
  return transform(source, { transforms: ["imports", "typescript"], filePath: path }).code;
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // Not kept yet, or out of reach: the result is made anew.
    return undefined;
  }
}

/** Renaming keeps programs that run at the same time from reading half a file. */
function keep(file, code) {
  const unfinished = `${file}.${pid}`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(unfinished, code);
    renameSync(unfinished, file);
  } catch {
    // A folder that cannot be written to costs time at the next start, nothing else.
  }
}

addHook(
  (source, path) => {
    const hash = createHash("sha256").update(version).update("\0").update(source).digest("hex");
    const file = join(folder, `${basename(path, ".ts")}-${hash.slice(0, 32)}.js`);
    const kept = read(file);
    if (kept !== undefined) return kept;
    const code = withoutTypes(source, path);
    keep(file, code);
    return code;
  },
  { exts: [".ts"] },
);
