import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTrust, trustVariables } from "../../../components/workers/trust";
import { runCommand } from "../../../peers/run-command";
import { ensurePython } from "../ground/python-programs";
import { checkov } from "../scan/checkov/install";
import { authority } from "../../support/peers/authority";
import { debianProgram } from "../../support/peers/debian";
import { type Loopback, withHttpsServer } from "../../support/peers/loopback";

const privateCa = authority("Private CA");
const publicCa = authority("Public CA");
const strangeCa = authority("Strange CA");

/** How a tool asks `https://<address>`; it exits with 0 when it trusted the answer. */
type Ask = (address: string) => readonly [command: string, ...args: string[]];

const requests = "import requests, sys; requests.get(sys.argv[1]).raise_for_status()";
const urllib = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1]).read()";
const botocore = `
import boto3, sys
key = dict(aws_access_key_id="id", aws_secret_access_key="key", region_name="eu-west-1")
boto3.client("s3", endpoint_url=sys.argv[1], **key).head_bucket(Bucket="bucket")
`;
const node = `
require("node:https").get(process.argv[1], (answer) => answer.resume())
  .on("error", (error) => { console.error(error.message); process.exit(1); });
`;
const go = `package main

import (
	"log"
	"net/http"
	"os"
)

func main() {
	if _, err := http.Get(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}
`;

/** A dumb Git repository with one branch, which is all that \`git ls-remote\` asks of a server. */
const files: Readonly<Record<string, string>> = {
  "/info/refs": "0123456789abcdef0123456789abcdef01234567\trefs/heads/main\n",
  "/HEAD": "ref: refs/heads/main\n",
};

const serve = (ca: typeof privateCa): Loopback =>
  withHttpsServer(
    () => ca.issue(["DNS:localhost"]),
    ({ url = "/" }, response) => {
      response.setHeader("content-type", "text/plain");
      response.end(files[new URL(url, "https://localhost").pathname] ?? "");
    },
  );

describe("trust of runs, with the tools themselves", () => {
  const servers = { private: serve(privateCa), public: serve(publicCa), strange: serve(strangeCa) };
  let folder = "";
  const programs: Record<string, string> = {};

  before(async function () {
    // The first time, Python's packages are installed and Go builds its standard library.
    this.timeout(900_000);
    folder = mkdtempSync(join(tmpdir(), "spacelift-test-trust-"));
    for (const [name, content] of Object.entries(runTrust([privateCa.certificate], [publicCa.certificate]))) {
      writeFileSync(join(folder, name), content);
    }
    for (const name of ["openssl", "curl", "git"]) programs[name] = await debianProgram(name, name);
    // The scan's environment has requests and botocore, as the libraries of checkov.
    programs["python"] = await ensurePython(checkov);
    programs["go"] = join(folder, "ask");
    writeFileSync(join(folder, "ask.go"), go);
    const built = await runCommand("go", ["build", "-o", programs["go"], join(folder, "ask.go")]);
    assert.equal(built.code, 0, built.stderr);
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const program = (name: string): string => programs[name] ?? name;
  const tools: Readonly<Record<string, Ask>> = {
    openssl: (address) => {
      const verify = ["-verify_return_error", "-verify_hostname", "localhost", "-servername", "localhost"];
      return [program("openssl"), "s_client", "-connect", address, ...verify];
    },
    curl: (address) => [program("curl"), "--silent", "--show-error", "--fail", `https://${address}/`],
    git: (address) => [program("git"), "ls-remote", `https://${address}/`],
    "Python's standard library": (address) => [program("python"), "-c", urllib, `https://${address}/`],
    "Python's requests": (address) => [program("python"), "-c", requests, `https://${address}/`],
    "the AWS SDK of Python": (address) => [program("python"), "-c", botocore, `https://${address}`],
    "Node.js": (address) => [process.execPath, "-e", node, `https://${address}/`],
    Go: (address) => [program("go"), `https://${address}/`],
  };

  async function isTrusted(ask: Ask, server: Loopback, variables: object): Promise<boolean> {
    const [command, ...args] = ask(server.address());
    const env = { PATH: process.env["PATH"], HOME: folder, AWS_MAX_ATTEMPTS: "1", ...variables };
    const { code, stderr, timedOut } = await runCommand(command, args, { env, timeoutMs: 60_000 });
    assert.ok(!timedOut, `${command} took too long`);
    // Anything but the certificate would be a fault of this test.
    if (code !== 0) assert.match(stderr, /certificate|verif/i);
    return code === 0;
  }

  for (const [name, ask] of Object.entries(tools)) {
    it(`makes ${name} trust the private and the public authorities, and nobody else`, async function () {
      this.timeout(240_000);
      const variables = trustVariables(folder);
      assert.ok(!(await isTrusted(ask, servers.private, {})), "trusts the private one all by itself");
      assert.ok(await isTrusted(ask, servers.private, variables), "does not trust the private one");
      // Node.js has the public ones built in and adds to them.
      if (name !== "Node.js")
        assert.ok(await isTrusted(ask, servers.public, variables), "does not trust the public one");
      assert.ok(!(await isTrusted(ask, servers.strange, variables)), "trusts a stranger");
    });
  }
});
