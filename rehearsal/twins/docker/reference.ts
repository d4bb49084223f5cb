/** An image reference taken apart. */
export interface ImageReference {
  /** Address of the registry; `docker.io` when none is named. */
  readonly registry: string;
  /** Repository within the registry. */
  readonly repository: string;
  /** Tag; `latest` when neither tag nor digest is given. */
  readonly tag: string;
  /** The reference in full, as `registry/repository:tag`. */
  readonly full: string;
}

const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+|\/)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;

/** Takes an image reference apart; `undefined` when Docker would call it an invalid reference format. */
export function parseReference(text: string): ImageReference | undefined {
  const name = text.split("@", 1)[0] ?? "";
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  const hasRegistry = /[.:]/.test(first) || first === "localhost";
  const registry = hasRegistry ? first : "docker.io";
  const rest = hasRegistry ? name.slice(slash + 1) : name;
  const colon = rest.lastIndexOf(":");
  const repository = colon < 0 ? rest : rest.slice(0, colon);
  const tag = colon < 0 ? "latest" : rest.slice(colon + 1);
  if (!REPOSITORY.test(repository) || !TAG.test(tag)) return undefined;
  const full = hasRegistry ? `${registry}/${repository}:${tag}` : `${repository}:${tag}`;
  return { registry, repository, tag, full };
}

/** Strips the scheme and the path from the address of a registry. */
export function registryHost(address: string): string {
  return address.replace(/^https?:\/\//, "").split("/", 1)[0] ?? address;
}
