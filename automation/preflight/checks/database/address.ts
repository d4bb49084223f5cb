/** What a database URL says. */
export interface DatabaseAddress {
  /** In the order in which they are tried. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** `sslmode`; the driver's default when the URL has none. */
  readonly sslMode: SslMode;
  /** Whether the URL names a CA by a path of its own, which is one in the pods. */
  readonly namesCa: boolean;
}

/** Modes of libpq. */
export const sslModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;

/** A mode of libpq. */
export type SslMode = (typeof sslModes)[number];

const DEFAULT_PORT = 5432;

const decode = decodeURIComponent;

/**
 * Takes a database URL apart that has passed the check of its format (`config/secret-formats.ts`). Unlike the URL class it
 * knows several hosts, as the services do.
 */
export function databaseAddress(url: string): DatabaseAddress {
  const match = /^postgres(?:ql)?:\/\/([^:@]*):([^@]*)@([^/]*)\/([^?]*)(?:\?(.*))?$/.exec(url);
  // Never with the URL itself, which holds the password.
  if (match === null) throw new Error("bug: a database URL passed the checks in a form that is unknown here");
  const [, user = "", password = "", hosts = "", database = "", query = ""] = match;
  const parameters = new URLSearchParams(query);
  const mode = parameters.get("sslmode");
  return {
    hosts: hosts.split(",").map(hostOf),
    user: decode(user),
    password: decode(password),
    database: decode(database),
    sslMode: sslModes.find((known) => known === mode) ?? "prefer",
    namesCa: parameters.has("sslrootcert"),
  };
}

function hostOf(text: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [];
  return { host: bracketed ?? plain ?? "", port: port === undefined ? DEFAULT_PORT : Number(port) };
}
