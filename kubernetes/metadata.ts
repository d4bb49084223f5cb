import { z } from "zod";

/** Text by text, empty when there is none. */
export const stringMap = z
  .record(z.string(), z.string())
  .nullish()
  .transform((map) => map ?? {});

/** What every object says about itself, as far as it matters here. */
export const metadataSchema = z.object({
  name: z.string(),
  namespace: z.string().optional(),
  creationTimestamp: z.string().optional(),
  deletionTimestamp: z.string().optional(),
  labels: stringMap,
  annotations: stringMap,
  managedFields: z
    .array(z.object({ manager: z.string().optional() }))
    .nullish()
    .transform((fields) => fields ?? []),
  ownerReferences: z
    .array(z.object({ kind: z.string(), name: z.string() }))
    .nullish()
    .transform((owners) => owners ?? []),
});

/** What every object says about itself. */
export type Metadata = z.output<typeof metadataSchema>;

/** An object of which only the metadata matters. */
export const objectSchema = z.object({ metadata: metadataSchema });

/** A condition of an object's status. */
export const conditionSchema = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
});

/** Conditions, none when there are none yet. */
export const conditionsSchema = z
  .array(conditionSchema)
  .nullish()
  .transform((conditions) => conditions ?? []);

/** The Helm release an object belongs to. */
export interface HelmOwner {
  readonly release: string;
  readonly namespace: string;
}

/** The Helm release that made an object, by Helm's own annotations. */
export function helmOwner({ annotations }: Metadata): HelmOwner | undefined {
  const release = annotations["meta.helm.sh/release-name"];
  if (release === undefined) return undefined;
  return { release, namespace: annotations["meta.helm.sh/release-namespace"] ?? "" };
}

/**
 * Whether the Kubernetes provider of Pulumi made or changed an object, by the names under which it does: of this stack
 * or another.
 */
export const isPulumis = ({ managedFields, labels }: Metadata): boolean =>
  managedFields.some(({ manager }) => manager?.startsWith("pulumi-") === true) ||
  labels["app.kubernetes.io/managed-by"] === "pulumi";
