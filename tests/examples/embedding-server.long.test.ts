import assert from "node:assert/strict";
import { once } from "node:events";
import { operationTimeout } from "../engine/support";
import { exampleOf, start, type Started } from "./support";

const settings = {
  target: "onprem",
  version: "v3.0.0",
  domain: "spacelift.example.com",
  images: { push: false },
  ingress: { className: "nginx" },
  tls: { mode: "selfSigned" },
  onprem: {
    registry: { address: "registry.example.com", open: true },
    objectStorage: { endpoint: "minio.example.com", adminUser: "minio" },
  },
};

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

describe("the example of a server that embeds deployments", function () {
  this.timeout(operationTimeout);
  const folder = exampleOf("embedding-server");
  let server: Started | undefined;
  let url = "";

  async function ask(path: string, body?: unknown): Promise<Answer> {
    const post = {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
    };
    const response = await fetch(`${url}${path}`, body === undefined ? {} : post);
    const text = await response.text();
    return { status: response.status, text, body: JSON.parse(text) as Answer["body"] };
  }

  before(async () => {
    const { child, printed, ended } = (server = start(folder(), ["server.ts", "--rehearse"], { PORT: "0" }));
    while (!/^http:.*$/m.test(printed())) {
      assert.ok(child.exitCode === null, printed());
      await Promise.race([once(child.stdout ?? child, "data"), ended]);
    }
    url = /^http:.*$/m.exec(printed())?.[0] ?? "";
  });
  after(() => server?.child.kill("SIGKILL"));

  it("answers errors with the status of their codes", async () => {
    const cases: readonly (readonly [string, unknown, number, string])[] = [
      ["/stacks/absent", undefined, 404, "SPACELIFT_STACK_NOT_FOUND"],
      ["/stacks/one", "no JSON", 400, "SPACELIFT_OPTIONS_INVALID"],
      ["/stacks/one", { settings: { ...settings, domain: 5 } }, 422, "SPACELIFT_CONFIG_INVALID"],
    ];
    for (const [path, body, status, code] of cases) {
      const answer = await ask(path, body);
      assert.deepEqual([answer.status, answer.body["code"]], [status, code], answer.text);
      assert.notEqual(answer.body["fix"], "");
    }
    assert.equal((await ask("/elsewhere")).status, 404);
  });

  it("deploys, tells how it goes, and gives outputs without secrets", async () => {
    const events = await fetch(`${url}/stacks/one/events`);
    assert.equal(events.headers.get("content-type"), "text/event-stream");
    const deployment = ask("/stacks/one", { settings });
    let told = "";
    const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
    while (!told.includes('"phase":"outputs"')) told += (await reader?.read())?.value ?? "";
    await reader?.cancel();
    for (const kind of ["phase", "plan", "resource"]) assert.match(told, new RegExp(`^event: ${kind}$`, "m"));

    const deployed = await deployment;
    assert.equal(deployed.status, 200, deployed.text);
    const read = await ask("/stacks/one");
    assert.equal(read.body["url"], "https://spacelift.example.com");
    assert.deepEqual(read.body, deployed.body["outputs"]);
    for (const { text } of [deployed, read]) {
      assert.doesNotMatch(text, /adminPassword"|encryptionPrivateKey"|kubernetesSecrets"/);
    }
    assert.doesNotMatch(told, /PRIVATE KEY/);
  });

  it("refuses a second deployment of the same stack while one is going on", async () => {
    const first = ask("/stacks/one", { settings });
    const second = ask("/stacks/one", { settings });
    const statuses = (await Promise.all([first, second])).map(({ status }) => status);
    assert.deepEqual(statuses.sort(), [200, 409]);
  });

  it("stops when it is told to", async () => {
    server?.child.kill("SIGTERM");
    assert.equal(await server?.ended, 0, server?.printed());
  });
});
