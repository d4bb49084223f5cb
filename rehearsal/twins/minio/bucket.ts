import { randomBytes } from "node:crypto";
import {
  defineResource,
  flag,
  listOf,
  numeric,
  object,
  objectAt,
  type Properties,
  type Rows,
  stringAt,
  text,
  textOf,
  TwinError,
  type Value,
  type World,
} from "../framework";
import { type Bucket, buckets } from "./tables";

const ACLS: readonly string[] = ["private", "public-write", "public-read", "public-read-write", "public"];

/** Simulates a bucket. */
export const bucket = defineResource({
  inputs: {
    acl: text(),
    bucket: text({ check: (value) => lengthComplaint(textOf(value)) }),
    bucketPrefix: text(),
    forceDestroy: flag(),
    objectLocking: flag(),
    quota: numeric({ integer: true }),
  },
  replaceOn: ["bucket", "bucketPrefix"],
  computed: ["arn", "bucketDomainName"],
  normalise: (inputs) => ({ acl: "private", forceDestroy: false, objectLocking: false, ...inputs }),
  check(inputs) {
    if (inputs["bucket"] === undefined || inputs["bucketPrefix"] === undefined) return [];
    return [
      {
        property: "bucketPrefix",
        reason: 'Conflicting configuration arguments: "bucket" conflicts with "bucketPrefix"',
      },
    ];
  },
  create(inputs, { world, config }) {
    const name =
      stringAt(inputs, "bucket") ?? `${stringAt(inputs, "bucketPrefix") ?? "terraform-"}${uniqueSuffix()}`;
    const complaint = nameComplaint(name);
    if (complaint !== undefined)
      throw new TwinError(`[FATAL] unable to create bucket (${name}): ${complaint}`);
    const acl = aclOf(inputs, name);
    world.change((state) => {
      const rows = buckets.of(state);
      if (rows.has(name)) throw new TwinError(`[FATAL] bucket already exists! (${name})`);
      rows.set(name, { acl, objectLocking: inputs["objectLocking"] === true, objects: [] });
    });
    return { id: name, outputs: describe(name, inputs, config) };
  },
  read(recorded, { world, config }) {
    if (!exists(world, recorded.id)) return undefined;
    // Of a bucket that is imported, nothing but its name is learned: not even what the provider itself takes as default.
    const inputs = Object.keys(recorded.inputs).length === 0 ? { bucket: recorded.id } : recorded.inputs;
    return { ...recorded, inputs, outputs: describe(recorded.id, recorded.outputs, config) };
  },
  update(before, inputs, { world, config }) {
    const acl = aclOf(inputs, before.id);
    world.change((state) => {
      const rows = buckets.of(state);
      rows.set(before.id, { ...existing(rows, before.id), acl });
    });
    return describe(before.id, inputs, config);
  },
  delete(recorded, { world }) {
    const died = world.change((state) => {
      const rows = buckets.of(state);
      const found = rows.get(recorded.id);
      if (found === undefined)
        throw new TwinError(
          `[FATAL] unable to remove bucket (${recorded.id}): The specified bucket does not exist`,
        );
      const isFull = found.objects.length > 0;
      if (isFull && recorded.outputs["forceDestroy"] !== true)
        throw new TwinError(
          `[FATAL] unable to remove bucket (${recorded.id}): The bucket you tried to delete is not empty`,
        );
      rows.delete(recorded.id);
      return isFull;
    });
    // Forced, the provider (terraform-provider-minio 1.20.1, minioDeleteBucket) lists and deletes without waiting for it
    // and tries again: one of the many listings that are then under way meets a bucket that is gone and ends the process.
    if (died) throw new TwinError("rpc error: code = Unavailable desc = error reading from server: EOF");
  },
});

/** Finds a bucket in a transaction; throws as the object store does when it does not exist. */
export function existing(rows: Rows<Bucket>, name: string): Bucket {
  const found = rows.get(name);
  if (found === undefined) throw new TwinError(`The specified bucket does not exist: ${name}`);
  return found;
}

function exists(world: World, name: string): boolean {
  return world.read((state) => buckets.of(state).has(name));
}

function describe(name: string, inputs: Properties, config: Properties): Properties {
  const scheme = config["minioSsl"] === true ? "https" : "http";
  return {
    ...inputs,
    bucket: name,
    arn: `arn:aws:s3:::${name}`,
    bucketDomainName: `${scheme}://${stringAt(config, "minioServer") ?? ""}/${name}`,
  };
}

function aclOf(inputs: Properties, name: string): string {
  const acl = stringAt(inputs, "acl") ?? "private";
  if (ACLS.includes(acl)) return acl;
  throw new TwinError(`[FATAL] unsupported ACL (${acl}) of bucket ${name}: valid acl: ${ACLS.join(", ")}`);
}

function lengthComplaint(name: string): string | undefined {
  return name.length > 63 ? `expected length of bucket to be in the range (0 - 63), got ${name}` : undefined;
}

function nameComplaint(name: string): string | undefined {
  if (name.length < 3) return "Bucket name cannot be shorter than 3 characters";
  if (/^(\d{1,3}\.){3}\d{1,3}$/.test(name)) return "Bucket name cannot be an ip address";
  if (/\.\.|\.-|-\./.test(name)) return "Bucket name contains invalid characters";
  return /^[a-z0-9][a-z0-9.-]+[a-z0-9]$/.test(name) ? undefined : "Bucket name contains invalid characters";
}

function uniqueSuffix(): string {
  return `${new Date().toISOString().replace(/\D/g, "").slice(0, 14)}${randomBytes(6).toString("hex")}`;
}

/** Simulates the versioning of a bucket. */
export const versioning = defineResource({
  inputs: {
    bucket: text({ required: true }),
    versioningConfiguration: object(
      {
        status: text({ required: true, oneOf: ["Enabled", "Suspended"] }),
        excludeFolders: flag(),
        excludedPrefixes: listOf(text()),
      },
      { required: true },
    ),
  },
  replaceOn: ["bucket"],
  create(inputs, { world }) {
    const bucket = stringAt(inputs, "bucket") ?? "";
    setVersioning(world, bucket, objectAt(inputs, "versioningConfiguration"));
    return { id: bucket, outputs: inputs };
  },
  read(recorded, { world }) {
    const found = world.read((state) => buckets.of(state).get(recorded.id));
    if (found === undefined)
      throw new TwinError(
        `[FATAL] failed to load bucket versioning (${recorded.id}): The specified bucket does not exist`,
      );
    if (found.versioning === undefined) return undefined;
    const live = { bucket: recorded.id, versioningConfiguration: found.versioning };
    return {
      id: recorded.id,
      inputs: { ...recorded.inputs, ...live },
      outputs: { ...recorded.outputs, ...live },
    };
  },
  update(before, inputs, { world }) {
    setVersioning(world, before.id, objectAt(inputs, "versioningConfiguration"));
    return inputs;
  },
  delete(recorded, { world }) {
    // A bucket never loses its versioning again; taking the resource away suspends it.
    setVersioning(world, recorded.id, { status: "Suspended" });
  },
});

function setVersioning(world: World, name: string, configuration: Value): void {
  world.change((state) => {
    const rows = buckets.of(state);
    rows.set(name, { ...existing(rows, name), versioning: configuration });
  });
}
