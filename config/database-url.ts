import { isIPv6 } from "node:net";
import { type Check, oneLine } from "./secret-formats";

const sslModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;
type SslMode = (typeof sslModes)[number];

/** TLS modes of libpq that encrypt for certain. */
const encryptingModes: readonly SslMode[] = ["require", "verify-ca", "verify-full"];
const DEFAULT_PORT = 5432;

/** `postgres://user:password@host[:port][,…]/database[?…]`, as the services read it: the URL class knows one host alone. */
function partsOf(url: string): readonly string[] | undefined {
  const parts = /^postgres(?:ql)?:\/\/([^/?#@]*)@([^/?#@]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/.exec(url);
  return parts?.slice(1).map((part: string | undefined) => part ?? "");
}

/** The value of `sslmode` in a database URL, if it has one. */
const sslModeOf = (url: string): string | undefined => /[?&]sslmode=([^&]*)/.exec(url)?.[1];

/** Whether the URL makes sure that the connection is encrypted. */
export const isEncrypted = (url: string): boolean => encryptingModes.some((mode) => mode === sslModeOf(url));

/** A database URL whose user and password are percent-encoded. */
export const databaseUrl: Check = (value) => {
  const bad = oneLine(value);
  if (bad !== undefined) return bad;
  if (!/^postgres(?:ql)?:\/\//.test(value)) return "must begin with postgres://";
  const parts = partsOf(value);
  if (parts === undefined) {
    return "must be postgres://user:password@host/database, with `@`, `/`, `?` and `#` in user and password percent-encoded";
  }
  const [credentials = "", hosts = "", database = "", query = ""] = parts;
  const [user = "", password = ""] = credentials.split(":");
  if (user === "" || password === "") return "must hold a user and a password before the `@`";
  if (credentials.split(":").length > 2) return "must have `:` in user and password percent-encoded as %3A";
  if (!/^(?:[\w.~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*$/.test(credentials)) {
    return "must have user and password percent-encoded";
  }
  if (!isText(user) || !isText(password)) {
    return "must have user and password percent-encoded as UTF-8, without control characters";
  }
  if (!hosts.split(",").every(isHost)) return "must name a host after the `@`";
  if (!hosts.split(",").map(hostOf).every(isPort)) return "must have a port between 1 and 65535";
  if (database === "") return "must name a database after the host";
  if (database.includes("/") || !isText(database)) {
    return "must end in the name of the database, percent-encoded as UTF-8";
  }
  if (!/^(?:[^=&\s]+=[^=&\s]*(?:&[^=&\s]+=[^=&\s]*)*)?$/.test(query))
    return "must have parameters of the form key=value";
  // Of two, drivers take the first or the last.
  if ((query.match(/(?:^|&)sslmode=/g)?.length ?? 0) > 1) return "must say sslmode once";
  const mode = sslModeOf(value);
  if (mode !== undefined && !sslModes.some((known) => known === mode))
    return `must have an sslmode of ${sslModes.join(", ")}`;
  return undefined;
};

export interface DatabaseHost {
  readonly host: string;
  readonly port: number;
}

/** What a database URL says. */
export interface DatabaseAddress {
  /** In the order in which they are tried. */
  readonly hosts: readonly DatabaseHost[];
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** `sslmode`; the driver's default when the URL has none. */
  readonly sslMode: SslMode;
  /** Whether the URL names a CA by a path of its own, which is one in the pods. */
  readonly namesCa: boolean;
}

/** Takes a URL apart that {@link databaseUrl} has found right. */
export function databaseAddress(url: string): DatabaseAddress {
  // Never with the URL itself, which holds the password.
  const [credentials = "", hosts = "", database = "", query = ""] =
    partsOf(url) ?? bug("a database URL passed the checks in a form that is unknown here");
  const [user = "", password = ""] = credentials.split(":");
  const parameters = new URLSearchParams(query);
  const mode = parameters.get("sslmode");
  return {
    hosts: hosts.split(",").map(hostOf),
    user: decodeURIComponent(user),
    password: decodeURIComponent(password),
    database: decodeURIComponent(database),
    sslMode: sslModes.find((known) => known === mode) ?? "prefer",
    namesCa: parameters.has("sslrootcert"),
  };
}

/** Whether a part can be decoded to a text that PostgreSQL takes. */
function isText(part: string): boolean {
  try {
    return !/\p{Cc}/u.test(decodeURIComponent(part));
  } catch {
    // A percent sign without two digits, or bytes that are no UTF-8.
    return false;
  }
}

const label = "\\w(?:[\\w-]*\\w)?";
const hostPattern = new RegExp(`^(?:(${label}(?:\\.${label})*\\.?)|\\[([0-9A-Fa-f:]+)\\])(?::\\d+)?$`);

function isHost(text: string): boolean {
  const [, name, address] = hostPattern.exec(text) ?? [];
  return address === undefined ? name !== undefined : isIPv6(address);
}

const isPort = ({ port }: DatabaseHost): boolean => port >= 1 && port <= 65535;

function hostOf(text: string): DatabaseHost {
  const [, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [];
  return { host: bracketed ?? plain ?? "", port: port === undefined ? DEFAULT_PORT : Number(port) };
}

const bug = (what: string): never => {
  throw new Error(`bug: ${what}`);
};
