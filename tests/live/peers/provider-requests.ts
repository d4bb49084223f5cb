import { type RecordedResource, SecretValue } from "../../support/inventory";
import type { RequestParts } from "../../support/peers/minio-server";

/** A request of MinIO's provider. */
export interface ProviderRequest extends Omit<RequestParts, "login"> {
  readonly method: string;
  readonly path: string;
  /** Statuses that it goes on with, beside success. */
  readonly alsoFine?: readonly number[];
}

/** What the provider asks of MinIO for a resource; it goes on only after an answer that is fine. */
export interface ProviderRequests {
  readonly create: readonly ProviderRequest[];
  /** A refresh. An answer that is not fine makes it fail, or count the resource as missing. */
  readonly read: readonly ProviderRequest[];
  readonly remove: readonly ProviderRequest[];
}

const admin = "/minio/admin/v3";
const get = (path: string): ProviderRequest => ({ method: "GET", path });
const remove = (path: string): ProviderRequest => ({ method: "DELETE", path });
const put = (path: string, parts: Omit<ProviderRequest, "method" | "path"> = {}): ProviderRequest => ({
  ...parts,
  method: "PUT",
  path,
});

const members = (group: string, names: readonly string[], isRemove: boolean): ProviderRequest =>
  put(`${admin}/update-group-members`, { body: JSON.stringify({ group, members: names, isRemove }) });
const versioning = (bucket: string, status: string): ProviderRequest =>
  put(`/${bucket}?versioning`, {
    body: `<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`,
  });
const attach = (policy: string, group: string): ProviderRequest =>
  put(`${admin}/set-user-or-group-policy?isGroup=true&policyName=${policy}&userOrGroup=${group}`);

/** What a resource may have that names others. */
type Inputs = Readonly<Record<string, unknown>>;

const textOf = (inputs: Inputs, key: string): string => {
  const value = inputs[key] instanceof SecretValue ? inputs[key].value : inputs[key];
  if (typeof value !== "string") throw new Error(`"${key}" is no text: ${JSON.stringify(value)}`);
  return value;
};

/** By type, as terraform-provider-minio 1.20.1 does it, on minio-go 7.0.63 and madmin-go 1.7.5. */
const requestsByType: Readonly<Record<string, (inputs: Inputs) => ProviderRequests>> = {
  S3Bucket: (inputs) => {
    const bucket = `/${textOf(inputs, "bucket")}`;
    const look: ProviderRequest = { method: "HEAD", path: bucket };
    return {
      create: [{ ...look, alsoFine: [404] }, put(bucket), look],
      read: [look],
      remove: [remove(bucket)],
    };
  },
  S3BucketVersioning: (inputs) => {
    const bucket = textOf(inputs, "bucket");
    return {
      create: [versioning(bucket, "Enabled")],
      read: [get(`/${bucket}?versioning`)],
      remove: [versioning(bucket, "Suspended")],
    };
  },
  IlmPolicy: (inputs) => {
    const path = `/${textOf(inputs, "bucket")}?lifecycle`;
    const body = lifecycle(inputs["rules"] as readonly LifecycleRule[]);
    return { create: [put(path, { body }), get(path)], read: [get(path)], remove: [remove(path)] };
  },
  IamPolicy: (inputs) => {
    const name = `name=${textOf(inputs, "name")}`;
    const read = [get(`${admin}/info-canned-policy?${name}`)];
    return {
      create: [put(`${admin}/add-canned-policy?${name}`, { body: textOf(inputs, "policy") }), ...read],
      read,
      remove: [remove(`${admin}/remove-canned-policy?${name}`)],
    };
  },
  IamGroup: (inputs) => {
    const name = textOf(inputs, "name");
    const read = [get(`${admin}/group?group=${name}`)];
    return {
      create: [
        members(name, [], false),
        put(`${admin}/set-group-status?group=${name}&status=enabled`),
        ...read,
      ],
      read,
      remove: [...read, members(name, [], true)],
    };
  },
  IamGroupPolicyAttachment: (inputs) => {
    const group = textOf(inputs, "groupName");
    const read = [get(`${admin}/group?group=${group}`)];
    return {
      create: [...read, attach(textOf(inputs, "policyName"), group), ...read],
      read,
      remove: [...read, attach("", group)],
    };
  },
  IamUser: (inputs) => {
    const key = `accessKey=${textOf(inputs, "name")}`;
    const read = [get(`${admin}/user-info?${key}`)];
    const body = JSON.stringify({ secretKey: textOf(inputs, "secret"), status: "enabled" });
    return {
      create: [put(`${admin}/add-user?${key}`, { body, seal: true }), ...read],
      read,
      remove: [...read, remove(`${admin}/remove-user?${key}`)],
    };
  },
  IamGroupUserAttachment: (inputs) => {
    const [group, user] = [textOf(inputs, "groupName"), textOf(inputs, "userName")];
    const read = [get(`${admin}/group?group=${group}`)];
    return {
      create: [members(group, [user], false), ...read],
      read,
      remove: [members(group, [user], true)],
    };
  },
};

/** What the provider asks of MinIO for a resource; undefined for one that is not MinIO's. */
export function requestsOf({ type, inputs }: RecordedResource): ProviderRequests | undefined {
  const own = /^minio:index\/\w+:(\w+)$/.exec(type)?.[1];
  if (own === undefined) return undefined;
  const requests = requestsByType[own];
  if (requests === undefined) throw new Error(`what does the provider ask for a ${own}?`);
  return requests(inputs);
}

/** A rule of `IlmPolicy`. */
export interface LifecycleRule {
  readonly id: string;
  readonly expiration?: string;
  readonly noncurrentVersionExpirationDays?: number;
}

/** Rules as terraform-provider-minio sends them: `expiration` in days ends in `d`. */
export function lifecycle(rules: readonly LifecycleRule[]): string {
  const rule = ({ id, expiration, noncurrentVersionExpirationDays: noncurrent }: LifecycleRule): string =>
    [
      `<Rule><ID>${id}</ID><Status>Enabled</Status><Filter><Prefix></Prefix></Filter>`,
      expiration && `<Expiration><Days>${expiration.replace(/d$/, "")}</Days></Expiration>`,
      noncurrent &&
        `<NoncurrentVersionExpiration><NoncurrentDays>${noncurrent}</NoncurrentDays></NoncurrentVersionExpiration>`,
      "</Rule>",
    ]
      .filter(Boolean)
      .join("");
  return `<LifecycleConfiguration>${rules.map(rule).join("")}</LifecycleConfiguration>`;
}
