import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import {
  decision,
  type FailedOperation,
  type Judge,
  MOST_ATTEMPTS,
  pausesFor,
  retrying,
} from "../../../components/retry";
import { run } from "../../support/run";

type Failure = Pick<FailedOperation, "operation"> & { readonly errors: readonly string[] };

/** What the hook of a judge answers to failures one after another, and what it tells meanwhile. */
async function answers(
  judge: Judge,
  failures: readonly Failure[],
  { preview = false, resumes = true } = {},
): Promise<{ readonly given: boolean[]; readonly told: string[] }> {
  const [given, told]: [boolean[], string[]] = [[], []];
  const decide = decision(judge, {
    preview,
    tell: (severity, urn, message) => {
      told.push(`${severity} ${urn} ${message}`);
      return Promise.resolve();
    },
    canResume: () => Promise.resolve(resumes),
  });
  for (const { operation, errors } of failures) {
    const args = { urn: "urn", name: "thing", type: "a:b:C", failedOperation: operation, errors };
    given.push(await decide(args as pulumi.ErrorHookArgs));
  }
  return { given, told };
}

/** The failures of one operation as the engine tells them: all so far, the newest first. */
const inARow = (operation: Failure["operation"], ...errors: readonly string[]): Failure[] =>
  errors.map((_, index) => ({ operation, errors: errors.slice(0, index + 1).reverse() }));

const judge: Judge = ({ error }) =>
  error.startsWith("permanent")
    ? undefined
    : { event: `the end of ${error}`, pauses: [1, 2], otherwise: "Look after it." };

describe("pausesFor", () => {
  it("begins short, grows to a most and adds up to the total", () => {
    assert.deepEqual(pausesFor(60, { first: 5, most: 15 }), [5, 8, 11, 15, 15, 6]);
  });

  it("keeps to what the engine allows for ten minutes of roles", () => {
    assert.ok(pausesFor(600, { first: 5, most: 15 }).length < MOST_ATTEMPTS);
  });
});

describe("the decision about a failure", () => {
  const paced = process.env["SPACELIFT_REHEARSAL_PACE"];
  before(() => {
    process.env["SPACELIFT_REHEARSAL_PACE"] = "1000";
  });
  after(() => {
    if (paced === undefined) delete process.env["SPACELIFT_REHEARSAL_PACE"];
    else process.env["SPACELIFT_REHEARSAL_PACE"] = paced;
  });

  it("tries again as long as the schedule says, tells what it waits for, and in the end what to do", async () => {
    const { given, told } = await answers(judge, inARow("create", "a", "a", "a"));
    assert.deepEqual(given, [true, true, false]);
    assert.deepEqual(told, [
      "info urn Waiting for the end of a: 1 s, and 3 s at most.",
      "info urn Waiting for the end of a: 2 s, and 2 s at most.",
      "error urn Waited 3 s for the end of a, in vain. Look after it.",
    ]);
  });

  it("leaves alone what does not pass", async () => {
    const failures = inARow("update", "permanent");
    assert.deepEqual(await answers(judge, failures), { given: [false], told: [] });
  });

  it("has a schedule for each event", async () => {
    const { given } = await answers(judge, inARow("create", "a", "a", "b", "b", "b"));
    assert.deepEqual(given, [true, true, true, true, false]);
  });

  it("starts anew with the next operation of the same kind, and keeps kinds apart", async () => {
    const { given } = await answers(judge, [
      ...inARow("delete", "a", "a"),
      ...inARow("create", "a", "a"),
      ...inARow("delete", "a", "a", "a"),
    ]);
    assert.deepEqual(given, [true, true, true, true, true, true, false]);
  });

  it("lets the judge put something right first", async () => {
    const slow: Judge = async (failure) => Promise.resolve(judge(failure));
    assert.deepEqual((await answers(slow, inARow("create", "a"))).given, [true]);
  });

  it("waits for nothing in a preview", async () => {
    const { given, told } = await answers(judge, inARow("create", "a"), { preview: true });
    assert.deepEqual([given, told], [[false], []]);
  });

  it("does not repeat a half-made creation on an engine that would make it twice", async () => {
    const failures = inARow("create", "1 error occurred:\n\t* a");
    const { given, told } = await answers(judge, failures, { resumes: false });
    assert.deepEqual(given, [false]);
    assert.match(told.join(), /run `pulumi up` again, or update Pulumi/);
    assert.deepEqual((await answers(judge, failures)).given, [true]);
    const update = inARow("update", "1 error occurred:\n\t* a");
    assert.deepEqual((await answers(judge, update, { resumes: false })).given, [true]);
  });
});

describe("retrying under the SDK's own mocks", () => {
  it("goes without hooks, which these mocks do not know", async () => {
    const { result } = await run(() => ({ hooks: retrying("thing", judge) ?? "none" }));
    assert.equal(result.hooks, "none");
  });
});
