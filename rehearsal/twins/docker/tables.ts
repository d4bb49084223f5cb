import { table, type World } from "../framework";

/** An image as the simulated daemon holds it. */
export interface LocalImage {
  /** Identity, as `sha256:…`. */
  readonly id: string;
}

/** An image as a simulated registry holds it. */
export interface PushedImage {
  /** Digest of the manifest, as `sha256:…`. */
  readonly digest: string;
  /** The manifest itself, where it was sent to the registry. */
  readonly manifest?: string;
}

/** A registry that the world knows; an image of it can only be pulled when it has been pushed. */
export interface Registry {
  /** Whether reading asks for credentials. */
  readonly isPrivate: boolean;
  /** Whether pushing asks for a login that the registry itself has given. */
  readonly needsLogin?: boolean;
  /** Id of the resource it is in a cloud. */
  readonly resourceId?: string;
}

/** A login that a registry has given. */
export interface Login {
  readonly registry: string;
  /** Simulated end, as ISO 8601. */
  readonly until: string;
}

/** Images of the simulated daemon by reference, as `registry.example.com/app:1.2`. */
export const localImages = table<LocalImage>("docker/local-image");

/** Images of simulated registries by reference. */
export const pushedImages = table<PushedImage>("docker/pushed-image");

/** Logins by {@link sealLogin}. */
export const logins = table<Login>("docker/login");

/** Turns a login into a key that tells it from others and cannot be read back. */
export function sealLogin(world: World, registry: string, username: string, password: string): string {
  return world.seal([registry, username, password].join("\n"));
}

/** Simulated registries by address, as `registry.example.com`. */
export const registries = table<Registry>("docker/registry");

/** Whether a registry lets somebody push: one that gives logins takes no others, and those only until they end. */
export function isLetIn(
  world: World,
  attempt: {
    readonly registry: string;
    readonly username: string;
    readonly password: string;
    readonly now: Date;
  },
): boolean {
  const { registry, username, password, now } = attempt;
  const key = sealLogin(world, registry, username, password);
  return world.read((state) => {
    if (registries.of(state).get(registry)?.needsLogin !== true) return true;
    const login = logins.of(state).get(key);
    return login !== undefined && new Date(login.until) > now;
  });
}

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
