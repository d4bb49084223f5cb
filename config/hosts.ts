import { isIP, isIPv4, isIPv6 } from "node:net";
import { domainToASCII } from "node:url";
import { z } from "zod";

const MOST_NAME = 253;
const MOST_LABEL = 63;
const label = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/** A text of which a function says what is wrong. */
export const checked = (problemOf: (text: string) => string | undefined): z.ZodString =>
  z.string().superRefine((text, context) => {
    const message = problemOf(text);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });

/** What is wrong with the form of a name, of one label or more; `general` says it where nothing more precise can be said. */
function nameProblem(text: string, general: string): string | undefined {
  // Before anything that takes the text apart: it may be megabytes.
  if (text.length > MOST_NAME) return `must have at most ${MOST_NAME} characters`;
  if (text.startsWith("*.")) return "must be one host name, not a wildcard";
  if (/[^\p{ASCII}]/u.test(text)) {
    const ascii = domainToASCII(text);
    return ascii === "" ? general : `must be in ASCII, such as ${ascii}`;
  }
  const labels = text.split(".");
  if (labels.length > 1 && labels.at(-1) === "" && labels.slice(0, -1).every((each) => label.test(each))) {
    return "must not end in a dot";
  }
  if (!labels.every((each) => label.test(each))) return general;
  if (labels.some((each) => each.length > MOST_LABEL)) {
    return `must have at most ${MOST_LABEL} characters between two dots`;
  }
  return undefined;
}

// Top-level domains are never digits alone (RFC 3696, section 2), and browsers take such a name for an address (WHATWG
// URL, "ends in a number").
const endsInNumber = (text: string): boolean => /(?:^|\.)(?:\d+|0x[\da-f]*)$/.test(text);

/** Whether each label that begins with `xn--` is the punycode of something. */
const isPunycode = (text: string): boolean => domainToASCII(text) === text;

function hostNameProblem(text: string): string | undefined {
  const general = "must be a bare host name in lower case, without scheme, port or path";
  if (isIP(text) !== 0) return "must be a host name, not an address";
  const problem = nameProblem(text, general);
  if (problem !== undefined) return problem;
  if (endsInNumber(text)) return "must not end in a number, as no top-level domain does";
  if (!text.includes(".")) return general;
  return isPunycode(text) ? undefined : "must have punycode behind each `xn--`";
}

function hostProblem(text: string, general: string): string | undefined {
  if (isIPv4(text)) return undefined;
  const problem = nameProblem(text, general);
  if (problem !== undefined) return problem;
  return endsInNumber(text) ? "must not end in a number, unless it is an IPv4 address" : undefined;
}

const isPort = (digits: string): boolean => /^[1-9]\d{0,4}$/.test(digits) && Number(digits) <= 65535;
const portRange = "must have a port between 1 and 65535";

/** A bare, fully qualified host name in lower case: no scheme, port, path or trailing dot (RFC 1123). */
export const hostName = checked(hostNameProblem);

/** A host name or address that something connects to at a port of its own. */
export const host = checked((text) =>
  hostProblem(text, "must be a host name or address, without scheme, port or path"),
);

/** The host name or address of a load balancer, as it says it: in capitals, with a dot at the end or of IPv6. */
export const addressOfHost = checked((text) =>
  isIPv6(text)
    ? undefined
    : hostProblem(
        text.toLowerCase().replace(/\.$/, ""),
        "must be a host name or address, without scheme, port or path",
      ),
);

/** `host` or `host:port`, no scheme: an address that something connects to. */
export const hostAndPort = checked((text) => {
  const [, name = text, port] = /^([^:]*):(\d{1,9})$/.exec(text) ?? [];
  const problem = hostProblem(name, "must be a host name or host:port, without scheme or path");
  return problem ?? (port === undefined || isPort(port) ? undefined : portRange);
});

/** An absolute URL with one of the given schemes and no trailing slash or credentials. */
export function url(...schemes: readonly string[]): z.ZodString {
  const expected = schemes.map((scheme) => `${scheme}://`).join(" or ");
  const general = `must be a URL beginning with ${expected}, without credentials or a trailing slash`;
  // The characters of a path are those of RFC 3986.
  const pattern = new RegExp(
    `^(?:${schemes.join("|")})://(\\[[^\\s\\]]+\\]|[^\\s/@?#:]+)(?::(\\d+))?(?:/(?:[\\w.~!$&'()*+,;=:/-]|%[\\dA-Fa-f]{2})*)?$`,
  );
  return checked((text) => {
    if (text.length > 2048) return "must have at most 2048 characters";
    const [, name, port] = pattern.exec(text) ?? [];
    if (name === undefined || text.endsWith("/")) return general;
    if (/[^\p{ASCII}]/u.test(name)) {
      const ascii = domainToASCII(name);
      return ascii === "" ? general : `must have its host in ASCII, such as ${ascii}`;
    }
    if (port !== undefined && !isPort(port)) return portRange;
    // Names in private networks have underscores and capitals, which the resolver does not mind.
    const isName = /^\w(?:[\w-]*\w)?(?:\.\w(?:[\w-]*\w)?)*\.?$/.test(name);
    const isHost = name.startsWith("[") ? isIPv6(name.slice(1, -1)) : isName;
    return isHost && URL.canParse(text) ? undefined : general;
  });
}
