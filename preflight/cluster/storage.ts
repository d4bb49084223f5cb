import { z } from "zod";
import type { Json } from "../../components/json";
import { metadataSchema } from "../../kubernetes/values";
import type { Finding } from "../check";
import { ClusterCheck, type ClusterView } from "./check";

/** Whether the storage classes of volumes exist. Only what the operator adds claims volumes. */
export const storageClassCheck = new ClusterCheck(
  "cluster.storage-class",
  "Storage class",
  checkStorageClasses,
);

const isDefault = "storageclass.kubernetes.io/is-default-class";
const classSchema = z.object({ metadata: metadataSchema });

async function checkStorageClasses({ client, settings, signal }: ClusterView): Promise<readonly Finding[]> {
  const { helmValues, ingress, certManager, workers } = settings;
  const claims = claimedClasses([
    helmValues,
    ingress.helmValues,
    certManager.helmValues,
    workers.helmValues,
    ...workers.pools.map(({ spec }) => spec),
  ]);
  if (claims.length === 0) return [storageClassCheck.skipped("nothing that is deployed claims a volume")];
  const classes = await client.list("/apis/storage.k8s.io/v1/storageclasses", classSchema, { signal });
  const known = classes.map(({ metadata }) => metadata.name);
  const hasDefault = classes.some(({ metadata }) => metadata.annotations[isDefault] === "true");
  const wanted = [...new Set(claims)];
  const problems = wanted
    .filter((name) => (name === undefined ? !hasDefault : !known.includes(name)))
    .map((name) =>
      name === undefined
        ? storageClassCheck.failed(
            "a volume names no storage class, and the cluster has no default one",
            `name one in the volume (${known.join(", ") || "there is none"}), or run \`kubectl annotate storageclass ${known[0] ?? "<name>"} ${isDefault}=true\``,
          )
        : storageClassCheck.failed(
            `a volume asks for the storage class ${name}, which does not exist`,
            `choose an existing one: ${known.join(", ") || "none; install a provisioner"}`,
          ),
    );
  if (problems.length > 0) return problems;
  const list = wanted.map((name) => name ?? "the default one").join(", ");
  return [storageClassCheck.passed(`${list}: found`)];
}

/**
 * Storage classes that values and specs claim, undefined for the cluster's default: templates of ephemeral volumes, and
 * the `persistence` of charts.
 */
function claimedClasses(value: Json): readonly (string | undefined)[] {
  if (typeof value !== "object" || value === null) return [];
  if (isList(value)) return value.flatMap(claimedClasses);
  const { persistence } = value;
  const template = at(value["volumeClaimTemplate"], "spec");
  const isPersistent =
    at(persistence, "enabled") === true && textAt(persistence, "existingClaim") === undefined;
  return [
    ...(template === undefined ? [] : [textAt(template, "storageClassName")]),
    ...(isPersistent ? [textAt(persistence, "storageClass") ?? textAt(persistence, "storageClassName")] : []),
    ...Object.values(value).flatMap(claimedClasses),
  ];
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
