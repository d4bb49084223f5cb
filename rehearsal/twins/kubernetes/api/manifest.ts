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

/** What a request to an API server is about. */
export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  /** Plural: `deployments`. */
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** Takes the path of a request apart; undefined for what is about no resource. */
export function resourcePath(path: string): ResourcePath | undefined {
  const parts = path.split("/").filter((part) => part !== "");
  const [root, ...rest] = parts;
  const [group, version, ...tail] = root === "apis" ? rest : ["", ...rest];
  if ((root !== "api" && root !== "apis") || group === undefined || version === undefined) return undefined;
  const [first, second, third, fourth] = tail;
  if (first === undefined) return undefined;
  const base = { group, version };
  if (first === "namespaces" && third !== undefined && second !== undefined) {
    return { ...base, resource: third, namespace: second, ...(fourth !== undefined && { name: fourth }) };
  }
  return { ...base, resource: first, ...(second !== undefined && { name: second }) };
}
