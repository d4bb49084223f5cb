import { z } from "zod";
import type { Json } from "../../../../components/json";
import { metadataSchema } from "../../../../kubernetes/metadata";
import { failed, type Finding, passed, skipped } from "../../check";
import type { Aspect, ClusterView } from "./aspect";

const name = { id: "cluster.storage-class", title: "Storage class" };
const isDefault = "storageclass.kubernetes.io/is-default-class";
const classSchema = z.object({ metadata: metadataSchema });

/** A volume that pods claim: its storage class, or undefined for the cluster's default. */
interface Claim {
  readonly className: string | undefined;
}

/** Whether the storage classes of volumes are there. Only what the operator adds claims volumes. */
export const storageAspect: Aspect = { ...name, look };

async function look({ client, settings, signal }: ClusterView): Promise<readonly Finding[]> {
  const claims = claimsIn([
    settings.helmValues,
    settings.ingress.helmValues,
    settings.certManager.helmValues,
    settings.workers.helmValues,
    ...settings.workers.pools.map(({ spec }) => spec),
  ]);
  if (claims.length === 0) return [skipped(name, "nothing that is deployed claims a volume")];
  const classes = await client.list("/apis/storage.k8s.io/v1/storageclasses", classSchema, { signal });
  const known = classes.map(({ metadata }) => metadata.name);
  const wanted = [...new Set(claims.map(({ className }) => className))];
  const bad = wanted.flatMap((className): Finding[] => {
    if (className !== undefined) {
      if (known.includes(className)) return [];
      const fix = `choose one of those that are there: ${known.join(", ") || "none; install a provisioner"}`;
      return [failed(name, `a volume asks for the storage class ${className}, which does not exist`, fix)];
    }
    if (classes.some(({ metadata }) => metadata.annotations[isDefault] === "true")) return [];
    const fix = `name one in the volume (${known.join(", ") || "there is none"}), or run \`kubectl annotate storageclass ${known[0] ?? "<name>"} ${isDefault}=true\``;
    return [failed(name, "a volume names no storage class, and the cluster has no default one", fix)];
  });
  if (bad.length > 0) return bad;
  return [passed(name, `${wanted.map((each) => each ?? "the default one").join(", ")}: there`)];
}

/** Claims in values and specs: templates of ephemeral volumes, and the `persistence` of charts. */
export function claimsIn(value: Json): readonly Claim[] {
  if (typeof value !== "object" || value === null) return [];
  if (isList(value)) return value.flatMap(claimsIn);
  const claims: Claim[] = [];
  const template = at(value["volumeClaimTemplate"], "spec");
  if (template !== undefined) claims.push({ className: textAt(template, "storageClassName") });
  const { persistence } = value;
  if (at(persistence, "enabled") === true && textAt(persistence, "existingClaim") === undefined) {
    claims.push({
      className: textAt(persistence, "storageClass") ?? textAt(persistence, "storageClassName"),
    });
  }
  return [...claims, ...Object.values(value).flatMap(claimsIn)];
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function at(value: Json | undefined, key: string): Json | undefined {
  if (typeof value !== "object" || value === null || isList(value)) return undefined;
  return value[key];
}

function textAt(value: Json | undefined, key: string): string | undefined {
  const found = at(value, key);
  return typeof found === "string" && found !== "" ? found : undefined;
}
