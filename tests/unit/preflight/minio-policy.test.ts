import assert from "node:assert/strict";
import { accountInfo, missingRights } from "../../../preflight/minio-policy";

const wanted = [
  { Effect: "Allow", Action: ["s3:CreateBucket"], Resource: ["arn:aws:s3:::states", "arn:aws:s3:::logs"] },
  { Effect: "Allow", Action: ["admin:CreateUser"] },
] as const;

/** What is missing, as `action: bucket bucket`. */
const missing = (...statements: readonly object[]): readonly string[] =>
  missingRights(accountInfo.parse({ Policy: { Statement: statements } }).Policy.Statement, wanted).map(
    ({ action, buckets }) => [`${action}:`, ...buckets].join(" "),
  );

const on = (names: readonly string[], action = "s3:CreateBucket"): object => ({
  Effect: "Allow",
  Action: [action],
  Resource: names.map((name) => `arn:aws:s3:::${name}`),
});
const users = { Effect: "Allow", Action: ["admin:CreateUser"] };

describe("rights that a policy of MinIO gives", () => {
  for (const [title, statements, expected] of [
    ["all of them", [on(["states", "logs"]), users], []],
    ["none", [], ["s3:CreateBucket: states logs", "admin:CreateUser:"]],
    ["an administrator's", [on(["*"], "s3:*"), { Effect: "Allow", Action: ["admin:*"] }], []],
    ["one bucket of two", [on(["states"]), users], ["s3:CreateBucket: logs"]],
    ["buckets by patterns", [on(["stat*", "lo?s/"]), users], []],
    ["all objects of a bucket, which is the bucket to MinIO", [on(["states/*", "logs/*"]), users], []],
    [
      "no bucket whose name only begins alike",
      [on(["state", "log"]), users],
      ["s3:CreateBucket: states logs"],
    ],
    ["what a variable may stand for", [on(["${aws:username}"]), users], []],
    [
      "everything but one thing",
      [{ Effect: "Allow", NotAction: ["admin:CreateUser"], Resource: ["arn:aws:s3:::*"] }],
      ["admin:CreateUser:"],
    ],
    [
      "everything but one bucket",
      [{ ...on([]), NotResource: ["arn:aws:s3:::logs"] }, users],
      ["s3:CreateBucket: logs"],
    ],
    [
      "what is denied nevertheless",
      [on(["*"]), users, { ...on(["logs"]), Effect: "Deny" }],
      ["s3:CreateBucket: logs"],
    ],
    [
      "what is denied on a condition, which may not hold",
      [
        on(["*"]),
        users,
        { ...on(["logs"]), Effect: "Deny", Condition: { StringEquals: { "aws:username": ["x"] } } },
      ],
      [],
    ],
    ["the action of another name", [on(["*"], "s3:CreateBucketX"), users], ["s3:CreateBucket: states logs"]],
  ] as const) {
    it(`are ${title}`, () => {
      assert.deepEqual(missing(...statements), expected);
    });
  }

  it("are none to a user that no policy is attached to", () => {
    const { Policy } = accountInfo.parse({ Policy: { Version: "", Statement: null } });
    assert.equal(missingRights(Policy.Statement, wanted).length, 2);
  });
});
