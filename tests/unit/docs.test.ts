import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describeSchema, type SchemaNode } from "../../config/explain";
import { secretNames } from "../../config/secrets";
import { settingsKeys, settingsShape } from "../../config/settings";
import packageFile from "../../package.json";

const root = resolve(__dirname, "../..");
const pages = [
  "README.md",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];

/** Whether a path such as `onprem.objectStorage.endpoint` leads to a key of the configuration. */
function isKey(path: string): boolean {
  const [first = "", ...rest] = path.split(".");
  if ((secretNames as readonly string[]).includes(first)) return rest.length === 0;
  const name = settingsKeys.find((key) => key === first);
  if (name === undefined) return false;
  let nodes: readonly SchemaNode[] = [describeSchema(settingsShape[name])];
  for (const part of rest) {
    nodes = nodes
      .flatMap((node) => [node, ...(node.oneOf ?? []), ...(node.anyOf ?? [])])
      .flatMap((node) => node.properties?.[part] ?? []);
  }
  return nodes.length > 0;
}

describe("documentation", () => {
  for (const page of pages) {
    const text = readFileSync(join(root, page), "utf8");

    it(`${page} names keys that exist`, () => {
      const named = [...text.matchAll(/spacelift:([A-Za-z]+(?:\.[A-Za-z]+)*)/g)].map(([, key = ""]) => key);
      assert.deepEqual(
        named.filter((key) => !isKey(key)),
        [],
      );
    });

    it(`${page} calls scripts that exist`, () => {
      const called = [...text.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, name = ""]) => name);
      assert.deepEqual(
        called.filter((name) => !(name in packageFile.scripts)),
        [],
      );
    });

    it(`${page} links to files that exist`, () => {
      const linked = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link = ""]) => link);
      assert.deepEqual(
        linked.filter((link) => !existsSync(resolve(root, dirname(page), link))),
        [],
      );
    });
  }
});
