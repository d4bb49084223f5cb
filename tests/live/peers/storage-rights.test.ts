import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { type BucketRole, planBuckets } from "../../../components/buckets";
import { ObjectStorage } from "../../../components/platform/onprem/object-storage";
import type { Inventory } from "../../support/inventory";
import { authority } from "../../support/peers/authority";
import { type MinioAnswer, type RequestParts, startMinio } from "../../support/peers/minio-server";
import { forSuite } from "../../support/peers/suite";
import { run } from "../../support/run";
import { goBuildTimeout } from "../ground/go-programs";
import { lifecycle, type LifecycleRule } from "./provider-requests";

const login = { user: "spacelift", password: "planted-service-secret" };

/** What the services do with the objects of each bucket beside reading: from the vendor's policies for AWS. */
const uses: readonly (readonly [
  role: BucketRole,
  write: boolean,
  list: boolean,
  remove: boolean,
  tag: boolean,
])[] = [
  ["states", true, true, true, true],
  ["runLogs", true, true, false, true],
  ["modules", true, true, true, false],
  ["policyInputs", true, true, false, false],
  ["deliveries", true, true, false, false],
  ["uploads", true, false, true, false],
  ["userUploadedWorkspaces", true, false, true, false],
  ["workspaces", true, false, true, false],
  ["metadata", true, false, true, false],
  ["largeQueueMessages", true, false, false, false],
];

// Held against MinIO: what the program hands to the provider is put there as the provider does, and read back.
describe("buckets and rights on MinIO", () => {
  const minio = forSuite(() => startMinio(authority("Test CA").issue(["DNS:localhost"])), goBuildTimeout);
  let inventory: Inventory;

  const send = (method: string, path: string, parts: RequestParts = {}): Promise<MinioAnswer> =>
    minio().send(method, path, parts);
  const must = async (method: string, path: string, parts: RequestParts = {}): Promise<string> => {
    const { status, text } = await send(method, path, parts);
    assert.ok(status < 300, `${method} ${path}: ${status} ${text}`);
    return text;
  };
  /** Whether the services' user may do something. */
  const allowed = async (method: string, path: string, parts: RequestParts = {}): Promise<boolean> => {
    const { status, text } = await send(method, path, { ...parts, login });
    if (status === 403) return false;
    assert.ok(status < 300, `${method} ${path}: ${status} ${text}`);
    return true;
  };

  before(async () => {
    ({ inventory } = await run(() => {
      new ObjectStorage("storage", {
        endpoint: `localhost:${minio().port}`,
        admin: { user: minio().root.user, password: pulumi.secret(minio().root.password) },
      });
    }));
    for (const { inputs } of inventory.all("minio:index/s3Bucket:S3Bucket")) {
      await must("PUT", `/${String(inputs["bucket"])}`);
    }
    for (const { inputs } of inventory.all("minio:index/s3BucketVersioning:S3BucketVersioning")) {
      const { status } = inputs["versioningConfiguration"] as { readonly status: string };
      const body = `<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`;
      await must("PUT", `/${String(inputs["bucket"])}?versioning`, { body });
    }
    for (const { inputs } of inventory.all("minio:index/ilmPolicy:IlmPolicy")) {
      const body = lifecycle(inputs["rules"] as readonly LifecycleRule[]);
      await must("PUT", `/${String(inputs["bucket"])}?lifecycle`, { body });
    }
    const { inputs } = inventory.one("minio:index/iamPolicy:IamPolicy");
    await minio().addUserInGroup(login.user, login.password, String(inputs["policy"]));
    await must("PUT", "/of-somebody-else");
  });

  it("keeps versions where the vendor's guide keeps them", async () => {
    const versioned: string[] = [];
    for (const { role, name } of planBuckets({}, false)) {
      if (/<Status>Enabled</.test(await must("GET", `/${name}?versioning`))) versioned.push(role);
    }
    assert.deepEqual(versioned.sort(), [
      "modules",
      "policyInputs",
      "runLogs",
      "states",
      "uploads",
      "userUploadedWorkspaces",
      "workspaces",
    ]);
  });

  it("expires what the vendor's guide expires, after as many days", async () => {
    const days: Record<string, unknown> = {};
    for (const { role, name } of planBuckets({}, false)) {
      const { status, text } = await send("GET", `/${name}?lifecycle`);
      if (status === 404) continue;
      const current = /<Expiration><Days>(\d+)</.exec(text)?.[1];
      const noncurrent = /<NoncurrentVersionExpiration><NoncurrentDays>(\d+)</.exec(text)?.[1];
      days[role] = [current, noncurrent];
    }
    assert.deepEqual(days, {
      deliveries: ["1", undefined],
      largeQueueMessages: ["2", undefined],
      metadata: ["2", undefined],
      policyInputs: ["120", "1"],
      runLogs: ["60", "1"],
      uploads: ["1", "1"],
      userUploadedWorkspaces: ["1", "1"],
      workspaces: ["90", "1"],
    });
  });

  for (const [role, write, list, remove, tag] of uses) {
    it(`lets the services do with ${role} what they do, and no more`, async () => {
      const [plan] = planBuckets({}, false).filter((each) => each.role === role);
      const bucket = `/${plan?.name ?? ""}`;
      await must("PUT", `${bucket}/there`, { body: "there" });
      assert.deepEqual(
        {
          read: await allowed("GET", `${bucket}/there`),
          write: await allowed("PUT", `${bucket}/new`, { body: "new" }),
          inParts: await inParts(`${bucket}/large`),
          list: await allowed("GET", `${bucket}?list-type=2`),
          tag: await allowed("PUT", `${bucket}/there?tagging`, { body: tagging }),
          remove: await allowed("DELETE", `${bucket}/there`),
          // The region, and the uploads whose ids were lost.
          byClients: [await allowed("GET", `${bucket}?location`), await allowed("GET", `${bucket}?uploads`)],
          // What would undo the retention, or the bucket.
          manage: [
            await allowed("DELETE", `${bucket}?lifecycle`),
            await allowed("PUT", `${bucket}?versioning`, { body: suspended }),
            await allowed("DELETE", bucket),
          ],
        },
        {
          read: true,
          write,
          inParts: write,
          list,
          tag,
          remove,
          byClients: [true, true],
          manage: [false, false, false],
        },
      );
    });
  }

  // Not of states alone: to MinIO, the rights to list and read objects are those to list and read their versions.
  it("lets them read older versions of states", async () => {
    const [plan] = planBuckets({}, false).filter(({ role }) => role === "states");
    const bucket = `/${plan?.name ?? ""}`;
    await must("PUT", `${bucket}/twice`, { body: "first" });
    await must("PUT", `${bucket}/twice`, { body: "second" });
    const versions = await must("GET", `${bucket}?versions&prefix=twice`);
    const [, oldest = ""] = [...versions.matchAll(/<VersionId>([^<]+)/g)].at(-1) ?? [];
    assert.ok(await allowed("GET", `${bucket}?versions&prefix=twice`));
    const { text } = await send("GET", `${bucket}/twice?versionId=${oldest}`, { login });
    assert.equal(text, "first");
  });

  it("leaves what is not Spacelift's, and the server, alone", async () => {
    await must("PUT", "/of-somebody-else/there", { body: "there" });
    assert.equal(await allowed("GET", "/of-somebody-else/there"), false);
    assert.equal(await allowed("PUT", "/of-somebody-else/new", { body: "new" }), false);
    assert.equal(await allowed("GET", "/of-somebody-else?list-type=2"), false);
    assert.equal(await allowed("PUT", "/a-new-bucket"), false);
    assert.equal(await allowed("GET", "/minio/admin/v3/list-users"), false);
    assert.equal(await allowed("GET", "/minio/admin/v3/info"), false);
  });

  /** Whether an upload in parts can be begun, continued, listed and given up. */
  async function inParts(path: string): Promise<boolean> {
    const { status, text } = await send("POST", `${path}?uploads`, { login });
    if (status === 403) return false;
    const [, id = ""] = /<UploadId>([^<]+)/.exec(text) ?? [];
    const steps = [
      await allowed("PUT", `${path}?partNumber=1&uploadId=${id}`, { body: "a part" }),
      await allowed("GET", `${path}?uploadId=${id}`),
      await allowed("DELETE", `${path}?uploadId=${id}`),
    ];
    return steps.every(Boolean);
  }
});

const tagging = "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>";
const suspended = "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>";
