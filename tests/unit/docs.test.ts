import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { parseSettings } from "../../config/parse";
import { samples } from "../support/configurations";
import { describeSchema, type SchemaNode } from "../../config/explain";
import { secretNames } from "../../config/secrets";
import { type SettingsInput, settingsKeys, settingsShape } from "../../config/settings";
import packageFile from "../../package.json";

const root = resolve(__dirname, "../..");
const pages = [
  "README.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
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
      const named = [...text.matchAll(/spacelift:([A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z]+)*)/g)].map(
        ([, key = ""]) => key,
      );
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

describe("the example in docs/s3.md", () => {
  it("is a configuration without problems", () => {
    const [, yaml = ""] =
      /```yaml\n([\s\S]+?)\n```/.exec(readFileSync(join(root, "docs/s3.md"), "utf8")) ?? [];
    const { config } = z.object({ config: z.record(z.string(), z.json()) }).parse(parse(yaml));
    const settings = Object.entries(config).map(([key, value]) => [key.replace("spacelift:", ""), value]);
    const { licenseToken, databaseUrl } = samples;
    const passwords = { registryPassword: "password", s3SecretKey: "key", s3AdminSecretKey: "key" };
    const { problems } = parseSettings(Object.fromEntries(settings) as SettingsInput, {
      ...passwords,
      licenseToken,
      databaseUrl,
    });
    assert.deepEqual(problems, []);
  });
});

/** Folders that a tree in a code block names: two blanks of indentation for each level, the name with a slash at its end. */
function foldersIn(tree: string): readonly string[] {
  const path: string[] = [];
  return tree.split("\n").flatMap((line) => {
    const [, indent = "", name] = /^( *)([\w-]+)\/(?: |$)/.exec(line) ?? [];
    if (name === undefined) return [];
    path.splice(indent.length / 2, Infinity, name);
    return [path.join("/")];
  });
}

const subfolders = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^\.|^(node_modules|dist|coverage)$/.test(entry.name))
    .map((entry) => join(folder, entry.name));

describe("the tree in docs/architecture.md", () => {
  const [, tree = ""] =
    /```\n([\s\S]+?)\n```/.exec(readFileSync(join(root, "docs/architecture.md"), "utf8")) ?? [];
  const named = foldersIn(tree);

  it("names folders that exist", () => {
    assert.ok(named.length > 15, named.join(", "));
    assert.deepEqual(
      named.filter((folder) => !existsSync(join(root, folder))),
      [],
    );
  });

  it("names every folder at the top, and all or none in each", () => {
    const parents = ["", ...new Set(named.map((folder) => dirname(folder)).filter((each) => each !== "."))];
    // What tests have beside these is named after what it tests.
    const missing = parents
      .filter((parent) => parent !== "tests")
      .flatMap(subfolders)
      .filter((folder) => !named.includes(folder));
    assert.deepEqual(missing, []);
  });
});
