/** An object of Kubernetes, as the API server writes it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** Whether an object meets `app=web,tier!=db`. */
export function meetsLabels({ metadata }: Manifest, selector: string): boolean {
  return requirements(selector).every(
    ({ key, value, isEqual }) => (metadata.labels?.[key] === value) === isEqual,
  );
}

/** Whether an object meets `metadata.name=web,status.phase!=Failed`. */
export function meetsFields(object: Manifest, selector: string): boolean {
  return requirements(selector).every(({ key, value, isEqual }) => {
    const found = key
      .split(".")
      .reduce<unknown>((each, part) => (each as Record<string, unknown> | undefined)?.[part], object);
    return ((found ?? "") === value) === isEqual;
  });
}

function requirements(selector: string): { key: string; value: string; isEqual: boolean }[] {
  return selector
    .split(",")
    .filter((entry) => entry !== "")
    .map((entry) => {
      const isEqual = !entry.includes("!=");
      const [key = "", value = ""] = entry.split(isEqual ? "=" : "!=");
      return { key, value, isEqual };
    });
}

/** The object without everything but its metadata, as the API server writes it when asked for no more. */
export const metadataOf = ({ metadata }: Manifest): object => ({
  apiVersion: "meta.k8s.io/v1",
  kind: "PartialObjectMetadata",
  metadata,
});
