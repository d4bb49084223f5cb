import { isIP, isIPv4, isIPv6 } from "node:net";

/**
 * What is right, by the documents that define it and by what Node.js has, and not by the program: texts that these call wrong
 * must be refused.
 */
export type Oracle = (text: string) => boolean;

const isLabel: Oracle = (text) => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text) && text.length <= 63;

/** RFC 1123, section 2.1, and RFC 3696, section 2; the URL standard knows addresses and punycode. */
export const isHostName: Oracle = (text) =>
  text.length <= 253 &&
  text.includes(".") &&
  text.split(".").every(isLabel) &&
  !/^\d+$/.test(text.split(".").at(-1) ?? "") &&
  hostOf(text) === text &&
  isIP(text) === 0;

/** The host of a URL with it, as browsers understand it. */
const hostOf = (text: string): string | undefined =>
  URL.canParse(`http://${text}`) ? new URL(`http://${text}`).hostname : undefined;

/** A name of one label or more, or an IPv4 address in its one form. */
export const isHost: Oracle = (text) =>
  isIPv4(text) ||
  (text.length <= 253 && text.split(".").every(isLabel) && hostOf(text)?.endsWith(text) === true);

const isPort: Oracle = (text) => /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 65535;

export const isHostAndPort: Oracle = (text) => {
  const [name = "", port, ...more] = text.split(":");
  return more.length === 0 && isHost(name) && (port === undefined || isPort(port));
};

/** The URL standard, and RFC 3986 for what it mends by itself. */
export const isOrigin: Oracle = (text) => {
  if (!URL.canParse(text) || !/^https?:\/\/[!-~]+$/.test(text) || /["<>\\^`{|}@?#]/.test(text)) return false;
  const { port, pathname } = new URL(text);
  const hasPort = /^https?:\/\/[^/]*:\d+(?:\/|$)/.test(text);
  return (
    !text.endsWith("/") &&
    !/^https?:\/\/[^/]*:(?:\/|$)/.test(text) &&
    (!hasPort || port !== "0") &&
    pathname !== ""
  );
};

const bitsOf = (address: string): string =>
  isIPv4(address)
    ? address
        .split(".")
        .map((octet) => Number(octet).toString(2).padStart(8, "0"))
        .join("")
    : groupsOf(address)
        .map((group) => parseInt(group, 16).toString(2).padStart(16, "0"))
        .join("");

/** The groups of an IPv6 address: the URL standard shortens it to one form, here made long again. */
function groupsOf(address: string): readonly string[] {
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [left = "", right] = short.split("::");
  const [before, after] = [left, right ?? ""].map((part) => part.split(":").filter((group) => group !== ""));
  return [...before!, ...Array<string>(8 - before!.length - after!.length).fill("0"), ...after!];
}

/** RFC 4632, section 3.1, and RFC 4291, section 2.3; without bits behind the prefix (KEP-4858). */
export const isRange: Oracle = (text) => {
  const [address = "", length = "", ...more] = text.split("/");
  if (more.length > 0 || !/^(0|[1-9]\d*)$/.test(length) || (!isIPv4(address) && !isIPv6(address)))
    return false;
  const bits = bitsOf(address);
  return Number(length) <= bits.length && !bits.slice(Number(length)).includes("1");
};

export const isIpv4Range: Oracle = (text) => isRange(text) && isIPv4(text.split("/")[0] ?? "");

export { isIPv4 };

/** The expression that semver.org publishes, of numbers that can be compared. */
const semantic =
  /^(0|[1-9]\d{0,14})\.(0|[1-9]\d{0,14})\.(0|[1-9]\d{0,14})(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$/;

export const isChartVersion: Oracle = (text) => semantic.test(text.replace(/^v/, ""));

export const isRelease: Oracle = (text) => /^v\d+\.\d+\.\d+$/.test(text) && semantic.test(text.slice(1));

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names */
export const isDnsLabel = isLabel;

/** The same page, "DNS Subdomain Names". */
export const isSubdomain: Oracle = (text) =>
  text.length <= 253 && text.split(".").every((each) => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(each));

const isName: Oracle = (text) => /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/.test(text) && text.length <= 63;

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
export const isLabelName: Oracle = (text) => {
  const [name = "", domain, ...more] = text.split("/").reverse();
  return more.length === 0 && isName(name) && (domain === undefined || isSubdomain(domain));
};

export const isAnnotationName: Oracle = (text) => isLabelName(text.toLowerCase());

export const isLabelValue: Oracle = (text) => text === "" || isName(text);

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/, of a positive amount. */
export const isQuantity: Oracle = (text) =>
  /^[+-]?(\d+|\d+\.\d*|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/.test(text) &&
  text !== "" &&
  !text.startsWith("-");

/** RFC 9562, section 4. */
export const isUuid: Oracle = (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, which MinIO follows. */
export const isBucket: Oracle = (text) => /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(text);

/** Nothing but what is seen. */
export const isLine: Oracle = (text) => text !== "" && text === text.trim() && !/\p{Cc}/u.test(text);

/** https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations, of a storage account. */
export const isTagName: Oracle = (text) => text.length > 0 && text.length <= 128 && !/[<>%&\\?/]/.test(text);

/** A resource's id: pairs of names between slashes, none empty or with a blank. */
export const isResourceId: Oracle = (text) => {
  const parts = text.split("/");
  return (
    parts[0] === "" &&
    parts.length % 2 === 1 &&
    parts.slice(1).every((part) => /^[^\s\p{Cc}]+$/u.test(part)) &&
    isUuid(parts[2] ?? "")
  );
};
