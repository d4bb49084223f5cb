import assert from "node:assert/strict";
import {
  deploySpacelift,
  type DeploymentOptions,
  destroySpacelift,
  getOutputs,
  refreshSpacelift,
} from "../../automation";
import type { StackState } from "../../engine/protocol";
import { answersOf, type CliWorld, cliWorld, type Ended, objects, run } from "../cli/support";
import { onprem, worldOf } from "../engine/automation/support";
import { inOrder } from "../engine/support";
import { configured } from "../support/configurations";
import {
  backendVariables,
  inBackend,
  type RemoteBackends,
  remoteBackends,
  type StateBackend,
} from "../support/peers/state-backends";
import { forSuite } from "../support/peers/suite";
import { processesBelow, readProcess } from "../support/processes";
import { until } from "./ground/api-client";
import { goBuildTimeout } from "./ground/go-programs";
import { liveTimeout } from "./support";

const up = ["up", "-s", "onprem", "--yes", "--skip-preflight", "--json"];

const ok = (ended: Ended): Ended => {
  assert.equal(ended.code, 0, ended.stdout.slice(-4_000) + ended.stderr);
  return ended;
};

/** The last line of `--json`. */
const resultOf = (ended: Ended): Readonly<Record<string, unknown>> => objects(ended).at(-1) ?? {};

/** Whether a piece of the output of `--json` tells that a resource is done with. */
const tellsDone = (chunk: string): boolean => /"status":"done"/.test(chunk);

/** Makes the stack file. */
async function init({ spacelift, world }: CliWorld, backend: StateBackend): Promise<void> {
  const input = answersOf(configured({}, { kubeconfig: world.kubeconfig }));
  ok(await spacelift(["init", "-s", "onprem", "--answers", "-"], { input, env: backendVariables(backend) }));
}

/** Ends a process and all that it has started, as a machine does that loses its power. */
function killAll(pid: number): void {
  for (const each of [pid, ...processesBelow(pid)]) process.kill(each, "SIGKILL");
}

/** Gives a suite an empty bucket or container in a store of its own. */
function withBackend(start: () => Promise<RemoteBackends>): () => RemoteBackends & StateBackend {
  return forSuite(async () => {
    const remote = await start();
    return { ...remote, ...(await remote.open("pulumi-state")) };
  }, goBuildTimeout);
}

for (const [scheme, start] of Object.entries(remoteBackends)) {
  describe(`state in ${scheme}: the embedding API`, function () {
    this.timeout(liveTimeout);
    inOrder();
    const backend = withBackend(start);
    const world = worldOf();
    const options = (): DeploymentOptions => {
      const usual = onprem(world(), "far");
      return { ...usual, workspace: inBackend(usual.workspace, backend()) };
    };

    it("deploys, and has nothing to do the second time", async () => {
      const { changes, outputs } = await deploySpacelift(options());
      assert.ok((changes["create"] ?? 0) > 40, JSON.stringify(changes));
      assert.equal(outputs.url, "https://spacelift.example.com");
      assert.deepEqual(Object.keys((await deploySpacelift(options())).changes), ["same"]);
    });

    it("reads the outputs, and refreshes without finding a difference", async () => {
      const { outputs, secrets } = await getOutputs(options());
      assert.equal(outputs.adminUsername, "admin");
      assert.match(secrets.encryptionPrivateKey, /^[\w+/=]{1000,}$/);
      assert.deepEqual(Object.keys((await refreshSpacelift(options())).changes), ["same"]);
    });

    it("destroys all but the data", async () => {
      const { kept } = await destroySpacelift(options());
      assert.ok(
        kept.protected.some(({ name }) => name.includes("states")),
        JSON.stringify(kept.protected),
      );
    });
  });

  describe(`state in ${scheme}: the command line`, function () {
    this.timeout(liveTimeout);
    inOrder();
    const backend = withBackend(start);
    const cli = cliWorld();
    const spacelift: CliWorld["spacelift"] = (args, call = {}) =>
      cli().spacelift(args, { ...call, env: backendVariables(backend()) });
    before(() => init(cli(), backend()));

    it("of two runs at once, one wins, and the other says who holds the lock", async () => {
      const { distance } = backend();
      const begun = new AbortController();
      const first = spacelift(up, {
        onOutput: (chunk) => {
          if (!tellsDone(chunk) || begun.signal.aborted) return;
          // Far enough for the first run to be at it for minutes, until the second one has ended.
          distance.delayMs = 300;
          begun.abort();
        },
      });
      await Promise.race([
        first,
        until("the first run has begun", () => Promise.resolve(begun.signal.aborted)),
      ]);
      const second = await spacelift(up);
      distance.delayMs = 0;
      assert.equal(second.code, 4, second.stdout.slice(-2_000));
      const { code, message } = resultOf(second);
      assert.equal(code, "SPACELIFT_STACK_LOCKED");
      assert.match(String(message), /locked by \S+@\S+ since \S+ \(process \d+, which still runs\)/);
      const { changes } = resultOf(ok(await first));
      assert.ok(((changes as Record<string, number>)["create"] ?? 0) > 40, JSON.stringify(changes));
    });

    it("gives outputs, finds everything as it was, and takes it away", async () => {
      assert.equal(
        ok(await spacelift(["outputs", "-s", "onprem", "url"])).stdout,
        "https://spacelift.example.com\n",
      );
      assert.deepEqual(Object.keys(resultOf(ok(await spacelift(up)))["changes"] as object), ["same"]);
      ok(await spacelift(["refresh", "-s", "onprem"]));
      assert.match(
        ok(await spacelift(["destroy", "-s", "onprem", "--yes"])).stdout,
        /retained \(protected\)/,
      );
    });
  });
}

describe("state in s3: a run that is killed in the middle of an update", function () {
  this.timeout(liveTimeout);
  inOrder();
  const backend = withBackend(remoteBackends.s3);
  // Slow enough for a release to be seen while it is installed.
  const cli = cliWorld({ clock: 5 });
  const spacelift: CliWorld["spacelift"] = (args, call = {}) =>
    cli().spacelift(args, { ...call, env: backendVariables(backend()) });
  before(() => init(cli(), backend()));

  const exported = async (): Promise<StackState> => {
    const { folder: cwd, env } = cli();
    const where = { cwd, env: { ...env, ...backendVariables(backend()) } };
    const { stdout } = ok(await run(["pulumi"], ["stack", "export", "--stack", "onprem"], where));
    return JSON.parse(stdout) as StackState;
  };
  const pendingIn = ({ deployment }: StackState): readonly string[] => {
    const operations = (deployment["pending_operations"] ?? []) as readonly {
      readonly type: string;
      readonly resource: { readonly urn: string };
    }[];
    return operations.map(({ type, resource }) => `${type} ${resource.urn.split("::").at(-1) ?? ""}`);
  };
  const idsIn = ({ deployment }: StackState): Readonly<Record<string, string | undefined>> =>
    Object.fromEntries((deployment.resources ?? []).map(({ urn, id }) => [urn, id]));
  let left: StackState | undefined;

  it("leaves a state that can be read and names what was under way", async () => {
    let pid = 0;
    let printed = "";
    const killed = spacelift(up, {
      onStart: (started) => (pid = started),
      onOutput: (chunk) => (printed += chunk),
    });
    const isUnderWay = async (): Promise<boolean> =>
      /"status":"started".*"name":"spacelift-release"/.test(printed) &&
      pendingIn(await exported()).includes("creating spacelift-release");
    await Promise.race([
      killed.then((ended) => assert.fail(`it ended before: ${ended.stderr}`)),
      until("the release is being installed", isUnderWay),
    ]);
    const engines = processesBelow(pid).filter((each) => /pulumi/.test(readProcess(each, "cmdline") ?? ""));
    assert.ok(engines.length > 0, "no engine runs below the command");
    killAll(pid);
    assert.equal((await killed).code, null);
    left = await exported();
    assert.ok(pendingIn(left).includes("creating spacelift-release"), pendingIn(left).join(", "));
    assert.ok(Object.keys(idsIn(left)).length > 20);
  });

  it("leaves a lock, which the next run says is of a process that is gone", async () => {
    const refused = await spacelift(up);
    assert.equal(refused.code, 4, refused.stdout.slice(-2_000));
    assert.match(String(resultOf(refused)["message"]), /\(process \d+, which is gone\)/);
  });

  it("is gone on with by the next run that may release the lock, and nothing is lost", async () => {
    const { stdout } = ok(await spacelift([...up, "--release-lock"]));
    assert.match(stdout, /A run that did not end was creating spacelift-release\. What exists/);
    const now = await exported();
    const before = idsIn(left ?? assert.fail("nothing was killed"));
    const kept = Object.entries(idsIn(now)).filter(([urn]) => urn in before);
    assert.deepEqual(Object.fromEntries(kept), before);
    assert.ok(kept.length < Object.keys(idsIn(now)).length);
    assert.deepEqual(Object.keys(resultOf(ok(await spacelift(up)))["changes"] as object), ["same"]);
    assert.deepEqual(pendingIn(await exported()), []);
  });
});
