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
