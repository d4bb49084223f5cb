import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { KubeError } from "../../../kubernetes/kube-error";
import { type KubeconfigSource, pickContext, readKubeconfigs } from "../../../kubernetes/kubeconfig";
import { scratchFolder } from "../../support/scratch";

const source = (text: string, folder = "/etc"): KubeconfigSource => ({
  text,
  name: `${folder}/config`,
  folder,
});

const one = `
current-context: a
clusters: [{name: a, cluster: {server: "https://a.example.com"}}]
users: [{name: a, user: {token: planted-token}}]
contexts: [{name: a, context: {cluster: a, user: a}}, {name: b, context: {cluster: b, user: a}}]
`;
const two = `
current-context: b
clusters: [{name: b, cluster: {server: "https://b.example.com"}}, {name: a, cluster: {server: "https://other.example.com"}}]
users: null
contexts: []
`;

const problem = (text: string, context?: string): string => {
  try {
    pickContext([source(text)], context);
  } catch (error) {
    assert.ok(error instanceof KubeError && error.kind === "configuration");
    return error.message;
  }
  throw new Error("it was understood");
};

describe("kubeconfig", () => {
  it("takes the current context", () => {
    const { contextName, cluster, user } = pickContext([source(one)]);
    assert.deepEqual(
      [contextName, cluster.server, user.token],
      ["a", "https://a.example.com", "planted-token"],
    );
  });

  it("lets the first of several files win, and joins what they hold", () => {
    const sources = [source(one, "/one"), source(two, "/two")];
    assert.equal(pickContext(sources).cluster.server, "https://a.example.com");
    const joined = pickContext(sources, "b");
    assert.equal(joined.cluster.server, "https://b.example.com");
    assert.deepEqual(joined.folders, { cluster: "/two", user: "/one" });
  });

  it("says which contexts there are when one is missing", () => {
    assert.match(problem(one, "production"), /no context "production", but a, b$/);
    assert.match(problem("clusters: []"), /has no current context/);
    assert.match(problem(one, "b"), /no cluster "b", but a$/);
  });

  it("quotes nothing of what it does not understand", () => {
    const odd = one.replace("{token: planted-token}", "{token: [planted-token]}");
    assert.match(problem(odd), /not understood at `users\.0\.user\.token`/);
    const messages = [problem(odd), problem("users: [planted-token"), problem('"planted-token')];
    for (const message of messages) assert.doesNotMatch(message, /planted/);
    assert.match(problem("users: [planted-token"), /is not YAML/);
  });
});

describe("kubeconfig source", () => {
  const folder = scratchFolder();

  it("prefers a text to a path, and a path to the environment", async () => {
    const path = join(folder(), "given");
    await writeFile(path, "given");
    const env = { KUBECONFIG: join(folder(), "ambient") };
    const text = async (location: { content?: string; path?: string }): Promise<string | undefined> =>
      (await readKubeconfigs({ ...location, env }))[0]?.text;
    assert.equal(await text({ content: "text", path }), "text");
    assert.equal(await text({ path }), "given");
    await writeFile(join(folder(), "ambient"), "ambient");
    assert.equal(await text({}), "ambient");
  });

  it("passes over files of KUBECONFIG that do not exist", async () => {
    const path = join(folder(), "second");
    await writeFile(path, "second");
    const [found, ...more] = await readKubeconfigs({
      env: { KUBECONFIG: [join(folder(), "none"), path].join(delimiter) },
    });
    assert.deepEqual([found?.text, found?.folder, more.length], ["second", folder(), 0]);
  });

  it("takes the home folder's without KUBECONFIG, and says when there is none", async () => {
    const reading = readKubeconfigs({ env: { HOME: folder() } });
    await assert.rejects(
      reading,
      new RegExp(`there is no kubeconfig: ${folder()}/.kube/config does not exist`),
    );
    await assert.rejects(readKubeconfigs({ path: folder(), env: {} }), /cannot be read \(EISDIR\)/);
  });
});
