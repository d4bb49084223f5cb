import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";

/** A field of the configuration: a schema with the sentence of the reference page and an example for error messages. */
export function field<S extends z.ZodType>(schema: S, description: string, example?: unknown): S {
  return schema.meta({ description, ...(example === undefined ? {} : { examples: [example] }) });
}

const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";

/** A bare, fully qualified host name in lower case: no scheme, port, path or trailing dot (RFC 1123). */
export const hostName = z
  .string()
  .regex(
    new RegExp(`^(?=.{1,253}$)${label}(?:\\.${label})+$`),
    "must be a bare host name in lower case, without scheme, port or path",
  );

/** `host` or `host:port`, no scheme: an address that something connects to. */
export const hostAndPort = z
  .string()
  .regex(
    new RegExp(`^${label}(?:\\.${label})*(?::\\d{1,5})?$`),
    "must be a host name or host:port, without scheme or path",
  );

/** A host name or address that something connects to at a port of its own. */
export const host = z
  .string()
  .regex(
    new RegExp(`^${label}(?:\\.${label})*$`),
    "must be a host name or address, without scheme, port or path",
  );

/** A Kubernetes namespace, Secret or pool name: a DNS label of at most 63 characters (RFC 1123). */
export const dnsLabel = z
  .string()
  .regex(new RegExp(`^${label}$`), "must be a DNS label: lower-case letters, digits and `-`, at most 63");

/** A Spacelift release: `v` and a semantic version, as in the vendor's archive name. */
export const releaseVersion = z
  .string()
  .regex(
    /^v\d+\.\d+\.\d+$/,
    "must be a release of Spacelift self-hosted such as v4.3.0, with the leading `v`",
  );

/** The version of a Helm chart: semantic, with or without a leading `v`; pinned exactly, never a range. */
export const chartVersion = z
  .string()
  .regex(
    /^v?\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/,
    "must be an exact chart version such as 0.62.0: a range would make two runs differ",
  );

/** A bucket name as S3 and the vendor's servers take it. */
export const bucketName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
    "must be 3 to 63 lower-case letters, digits and `-`, starting and ending with a letter or digit",
  );

/** An absolute URL with one of the given schemes and no trailing slash or credentials. */
export function url(...schemes: readonly string[]): z.ZodString {
  const expected = schemes.map((scheme) => `${scheme}://`).join(" or ");
  return z
    .string()
    .regex(
      new RegExp(`^(?:${schemes.join("|")})://[^\\s/@?#]+(?:/[^\\s@?#]*[^\\s@?#/])?$`),
      `must be a URL beginning with ${expected}, without credentials or a trailing slash`,
    );
}

/** The SHA-256 of a file, in hexadecimal. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "must be 64 lower-case hexadecimal digits");

/** A Kubernetes quantity of processor or memory, always a string: the chart's schema refuses numbers. */
export const quantity = z
  .string()
  .regex(
    /^\d+(?:\.\d+)?(?:m|k|M|G|T|Ki|Mi|Gi|Ti)?$/,
    'must be a Kubernetes quantity such as "500m" or "1Gi"',
  );

export const envName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be the name of an environment variable");

/** An IPv4 or IPv6 range in CIDR notation. */
export const cidr = z.union([z.cidrv4(), z.cidrv6()], "must be a range in CIDR notation such as 10.0.0.0/8");

/** Free-form annotations or labels: a map of strings. */
export const stringMap = z.record(z.string().min(1), z.string());

/** A PEM certificate (chain), in line, or the path of a file that holds one. */
export const certificateSource = z.string().min(1);

/** A count of days, at least one. */
export const days = z.number().int().min(1).max(36500);

/** A path from the configuration made absolute: `~/` is the home directory, the rest is relative to the project. */
export function expandPath(path: string, projectDirectory: string): string {
  return path === "~" || path.startsWith("~/")
    ? join(homedir(), path.slice(1))
    : resolve(projectDirectory, path);
}

/** Whether `charts.*.chart` names a chart by its path. */
export const isLocalChart = (chart: string): boolean => /^[./~]/.test(chart);
