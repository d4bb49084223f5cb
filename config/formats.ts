import { homedir } from "node:os";
import { join, resolve } from "node:path";
import semver from "semver";
import { z } from "zod";
import { checked } from "./hosts";
import { rangeProblem } from "./ranges";

export { addressOfHost, host, hostAndPort, hostName, url } from "./hosts";

/** A field of the configuration: a schema with the sentence of the reference page and an example for error messages. */
export function field<S extends z.ZodType>(schema: S, description: string, example?: unknown): S {
  return schema.meta({ description, ...(example === undefined ? {} : { examples: [example] }) });
}

const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";

/** A Kubernetes namespace, Secret or pool name: a DNS label of at most 63 characters (RFC 1123). */
export const dnsLabel = z
  .string()
  .regex(new RegExp(`^${label}$`), "must be a DNS label: lower-case letters, digits and `-`, at most 63");

// Neither leading zeros nor more digits than a number holds: both are no semantic version.
const number = "(?:0|[1-9]\\d{0,8})";

/** The name of an object of Kubernetes: a DNS subdomain (RFC 1123). */
export const dnsSubdomain = z
  .string()
  .regex(
    new RegExp(`^(?=.{1,253}$)${label}(?:\\.${label})*$`),
    "must be the name of an object: lower-case letters, digits, `-` and `.`",
  );

/** A reference to an image: registry and path, then a tag, a digest or both (https://docs.docker.com/reference/cli/docker/image/tag/). */
export const imageReference = z
  .string()
  .regex(
    /^(?:[A-Za-z0-9.-]+(?::\d{1,5})?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/,
    "must be the reference of an image such as registry.example.com/team/image:tag",
  );

/** A Spacelift release: `v` and a semantic version, as in the vendor's archive name. */
export const releaseVersion = z
  .string()
  .regex(
    new RegExp(`^v${number}(?:\\.${number}){2}$`),
    "must be a release of Spacelift self-hosted such as v4.3.0, with the leading `v`",
  );

/** The version of a Helm chart: semantic, with or without a leading `v`; pinned exactly, never a range. */
export const chartVersion = z
  .string()
  .refine(
    (text) => /^v?\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/.test(text) && semver.valid(text) !== null,
    "must be an exact chart version such as 0.62.0: a range would make two runs differ",
  );

/** A bucket name as S3 and the vendor's servers take it. */
export const bucketName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
    "must be 3 to 63 lower-case letters, digits and `-`, starting and ending with a letter or digit",
  );

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
export const cidr = checked(rangeProblem);

/** A text on one line. What is not seen in a stack file, such as a line break at its end, is never meant. */
export const line = z.string().min(1).refine(isLine, "must be on one line without surrounding blanks");

/** A PEM certificate (chain), in line, or the path of a file that holds one. */
export const certificateSource = z
  .string()
  .min(1)
  .refine(
    (text) => text.includes("-----BEGIN") || isLine(text),
    "must be a PEM certificate, or the path of a file",
  );

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

/** Whether a text has neither control characters nor blanks around it. */
function isLine(text: string): boolean {
  return text === text.trim() && !/\p{Cc}/u.test(text);
}
