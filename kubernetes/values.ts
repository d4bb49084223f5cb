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

export interface HelmOwner {
  readonly release: string;
  readonly namespace: string;
}

/** The Helm release that created an object, by Helm's own annotations. */
export function helmOwner({ annotations }: Metadata): HelmOwner | undefined {
  const release = annotations["meta.helm.sh/release-name"];
  if (release === undefined) return undefined;
  return { release, namespace: annotations["meta.helm.sh/release-namespace"] ?? "" };
}

/**
 * Whether the Kubernetes provider of Pulumi created or changed an object, by the names under which it does: of this stack
 * or another.
 */
export const isPulumis = ({ managedFields, labels }: Metadata): boolean =>
  managedFields.some(({ manager }) => manager?.startsWith("pulumi-") === true) ||
  labels["app.kubernetes.io/managed-by"] === "pulumi";

const units: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The number of a Kubernetes quantity (`250m` → 0.25, `1Ki` → 1024), or undefined for anything else. */
export function quantity(text: string): number | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/.exec(
    text,
  );
  const factor = units[match?.[2] ?? ""];
  return match?.[1] === undefined || factor === undefined ? undefined : Number(match[1]) * factor;
}
