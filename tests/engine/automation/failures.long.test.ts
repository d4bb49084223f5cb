import assert from "node:assert/strict";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import {
  deploySpacelift,
  type DeploymentOptions,
  type ErrorCode,
  getOutputs,
  previewSpacelift,
  refreshSpacelift,
  releaseStackLock,
  SpaceliftError,
} from "../../../automation";
import { type Rehearsal, startRehearsal } from "../../../rehearsal/rehearsal";
import { operationTimeout, sharedEngine } from "../support";
import { onprem, recorder, worldOf } from "./support";

/** Asserts how a call is refused, and gives the error for more. */
async function refused(call: Promise<unknown>, code: ErrorCode, message: RegExp): Promise<SpaceliftError> {
  const error = await call.then(
    () => assert.fail(`not refused with ${code}`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof SpaceliftError, String(error));
  assert.equal(error.code, code, error.message);
  assert.match(error.message, message);
  assert.notEqual(error.fix, "");
  return error;
}

describe("the embedding API: what goes wrong", function () {
  this.timeout(operationTimeout);
  const world = worldOf();
  const good = (): DeploymentOptions => onprem(world(), "steady");
  const resources = async (): Promise<number> => {
    const { changes } = await refreshSpacelift({ stack: "steady", workspace: world().workspace });
    return changes["same"] ?? 0;
  };
  let count = 0;

  before(async () => {
    await deploySpacelift(good());
    count = await resources();
  });

  afterEach("no state was lost", async () => {
    assert.equal(await resources(), count);
  });

  it("settings of wrong types, unknown settings and secrets in the wrong place, all at once", async () => {
    const { settings } = good();
    const wrong = {
      ...settings,
      domain: 5,
      protectData: "yes",
      replicas: 3,
      adminPassword: "planted-password",
    };
    const call = deploySpacelift({ ...good(), settings: wrong as unknown as DeploymentOptions["settings"] });
    const { problems, message } = await refused(
      call,
      "SPACELIFT_CONFIG_INVALID",
      /^4 problems in the configuration/,
    );
    assert.deepEqual(problems.map(({ key }) => key).sort(), [
      "adminPassword",
      "domain",
      "protectData",
      "replicas",
    ]);
    assert.ok(!message.includes("planted-password"));
  });

  it("options of wrong types", async () => {
    const wrong = { ...good(), stack: "no such name!" };
    await refused(deploySpacelift(wrong), "SPACELIFT_OPTIONS_INVALID", /`stack`: must be a name/);
  });

  it("a backend in a folder that would go with the run", async () => {
    const workspace = { ...world().workspace, backend: "file://./state" };
    await refused(
      getOutputs({ stack: "steady", workspace }),
      "SPACELIFT_OPTIONS_INVALID",
      /must be an absolute path/,
    );
  });

  it("no backend", async () => {
    const { backend: _, ...workspace } = world().workspace;
    const wrong = { stack: "steady", workspace: workspace as DeploymentOptions["workspace"] };
    await refused(getOutputs(wrong), "SPACELIFT_BACKEND_MISSING", /`workspace.backend` is missing/);
  });

  it("no passphrase for a backend that needs one", async () => {
    const { secretsProvider: _, ...workspace } = world().workspace;
    await refused(
      getOutputs({ stack: "steady", workspace }),
      "SPACELIFT_PASSPHRASE_MISSING",
      /secretsProvider/,
    );
  });

  it("a wrong passphrase", async () => {
    const workspace = { ...world().workspace, secretsProvider: { passphrase: "planted-wrong-passphrase" } };
    const calls = [
      () => deploySpacelift({ ...good(), workspace }),
      () => getOutputs({ stack: "steady", workspace }),
    ];
    for (const call of calls) {
      const error = await refused(
        call(),
        "SPACELIFT_PASSPHRASE_WRONG",
        /does not open the secrets of the stack "steady"/,
      );
      assert.ok(!String(error.cause).includes("planted-wrong-passphrase"));
    }
  });

  it("a backend that cannot be reached", async () => {
    const workspace = { ...world().workspace, backend: "file:///nowhere/at/all" };
    await refused(
      deploySpacelift({ ...good(), workspace }),
      "SPACELIFT_BACKEND_UNREACHABLE",
      /"file:\/\/\/nowhere\/at\/all"/,
    );
  });

  it("a stack that is not there, and one into which nothing was deployed", async () => {
    const { workspace } = world();
    await refused(
      getOutputs({ stack: "absent", workspace }),
      "SPACELIFT_STACK_NOT_FOUND",
      /no stack "absent"/,
    );
  });

  it("an engine that is not there", async () => {
    const workspace = { ...world().workspace, engine: { root: "/nowhere" } };
    await refused(getOutputs({ stack: "steady", workspace }), "SPACELIFT_ENGINE_MISSING", /in "\/nowhere"/);
  });

  it("a lock that another process holds", async () => {
    const { workspace } = world();
    const folder = join(
      workspace.backend.slice("file://".length),
      ".pulumi/locks/organization/spacelift/steady",
    );
    await mkdir(folder, { recursive: true });
    const lock = join(folder, "11111111-2222-3333-4444-555555555555.json");
    await writeFile(
      lock,
      JSON.stringify({ pid: 1, username: "ops", hostname: "other", timestamp: new Date() }),
    );
    try {
      const error = await refused(
        deploySpacelift(good()),
        "SPACELIFT_STACK_LOCKED",
        /"steady" is locked by ops@other since \d{4}-.* \(process 1, on another machine/,
      );
      assert.match(error.fix, /pulumi cancel --stack steady/);
      assert.equal(error.locks[0]?.holder, "elsewhere");
    } finally {
      await rm(lock);
    }
  });

  it("a lock that a killed process left on this machine, until it is released", async () => {
    const { workspace } = world();
    const state = workspace.backend.slice("file://".length);
    const folder = join(state, ".pulumi/locks/organization/spacelift/steady");
    await mkdir(folder, { recursive: true });
    const killed = { pid: 99_999_999, username: "ops", hostname: hostname(), timestamp: new Date() };
    await writeFile(join(folder, "11111111-2222-3333-4444-555555555555.json"), JSON.stringify(killed));
    const error = await refused(deploySpacelift(good()), "SPACELIFT_STACK_LOCKED", /which is gone\)/);
    assert.equal(error.locks[0]?.holder, "gone");
    await releaseStackLock({ stack: "steady", workspace });
    await deploySpacelift(good());
  });

  it("a second run on the same stack in this process", async () => {
    const first = deploySpacelift(good());
    await refused(deploySpacelift(good()), "SPACELIFT_STACK_LOCKED", /in this process/);
    await first;
  });

  it("a run that was cancelled before it began", async () => {
    const call = deploySpacelift(good(), { signal: AbortSignal.abort() });
    await refused(call, "SPACELIFT_CANCELLED", /cancelled/);
  });
});

describe("the embedding API: failing and cancelled updates", function () {
  this.timeout(operationTimeout);

  it("names the resource that failed, and goes on from there", async () => {
    const faults = [
      {
        package: "kubernetes",
        type: "kubernetes:helm.sh/v3:Release",
        name: "spacelift-release",
        operation: "create",
        message: "pods are not ready: planted-db%40password",
      },
    ] as const;
    const world = await startRehearsal({ engine: await sharedEngine(), faults });
    try {
      const options = onprem(world, "faulty");
      const { of, events } = recorder();
      const onEvent = (event: (typeof events)[number]): void => void events.push(event);
      const error = await refused(
        deploySpacelift(options, { onEvent }),
        "SPACELIFT_UPDATE_FAILED",
        /create of .*Release "/,
      );
      const [failure] = error.failures;
      assert.match(failure?.reason ?? "", /pods are not ready: \[secret\]/);
      assert.ok(of("resource").some(({ status }) => status === "failed"));
      assert.ok(!JSON.stringify([events, String(error.cause)]).includes("planted-db%40password"));
      const { changes } = await deploySpacelift(options);
      assert.ok((changes["create"] ?? 0) > 0 && (changes["same"] ?? 0) > 40, JSON.stringify(changes));
    } finally {
      await world.close();
    }
  });

  it("makes a stack once when two runs begin at the same moment", async () => {
    const world = await startRehearsal({ engine: await sharedEngine() });
    try {
      const options = onprem(world, "made-once");
      const plans = await Promise.all([previewSpacelift(options), previewSpacelift(options)]);
      assert.deepEqual(plans[0].changes, plans[1].changes);
    } finally {
      await world.close();
    }
  });

  it("shuts down gracefully when it is cancelled, and goes on from there", async () => {
    const controller = new AbortController();
    const world = await startRehearsal({ engine: await sharedEngine(), clock: 60 });
    try {
      const options = onprem(world, "cancelled");
      const { events, of } = recorder();
      const call = deploySpacelift(options, {
        signal: controller.signal,
        heartbeatMs: 200,
        onEvent: (event) => {
          events.push(event);
          if (event.kind === "resource" && event.status === "done" && event.done === 30) controller.abort();
        },
      });
      await refused(call, "SPACELIFT_CANCELLED", /cancelled/);
      const created = of("resource").filter(
        ({ operation, status }) => operation === "create" && status === "done",
      );
      const { changes } = await deploySpacelift(options);
      assert.ok(
        (changes["same"] ?? 0) >= 20,
        `${created.length} made before, then ${JSON.stringify(changes)}`,
      );
    } finally {
      await world.close();
    }
  });

  it("changes several stacks at once, and the failure of one leaves the others alone", async () => {
    const engine = await sharedEngine();
    // Slow enough for the others to be in the middle of it when the first one fails.
    const fine = await Promise.all([
      startRehearsal({ engine, clock: 60 }),
      startRehearsal({ engine, clock: 60 }),
    ]);
    const bad = await startRehearsal({
      engine,
      faults: [{ package: "minio", operation: "create", message: "no quorum", times: Infinity }],
    });
    try {
      const ended: string[] = [];
      const deploy = async (world: Rehearsal, stack: string): Promise<string> => {
        const call = deploySpacelift(onprem(world, stack, { domain: `${stack}.example.com` }));
        const end = await call.then(({ outputs }) => outputs.url, String);
        ended.push(stack);
        return end;
      };
      const [failed, ...others] = await Promise.all([
        deploy(bad, "bad"),
        ...fine.map((world, index) => deploy(world, `fine-${index}`)),
      ]);
      assert.match(failed, /create of minio:.* failed/);
      assert.deepEqual(others, ["https://fine-0.example.com", "https://fine-1.example.com"]);
      assert.equal(ended[0], "bad", "the failure came too late to disturb anybody");
    } finally {
      await Promise.all([bad, ...fine].map((world) => world.close()));
    }
  });
});
