/** Replaces what must not be shown in a text. */
export type Redact = (text: string) => string;

const MASK = "[secret]";

/** Shorter values would take ordinary words out of a text; no secret of a configuration is that short. */
const SHORTEST = 4;

/**
 * Makes the function that masks secrets in texts: each value as it is, as JSON and URLs write it, in base64, and every
 * line of a value of several lines by itself; of a URL also the password, of JSON also the leaves, of a base64 of PEM also
 * that. A value that only looks like one of those is masked as it is.
 */
export function redactor(secrets: Iterable<string>): Redact {
  const needles = new Set<string>();
  for (const secret of secrets) {
    for (const value of [secret, ...parts(secret)].flatMap(lines)) {
      const shown = value.trim();
      if (shown.length < SHORTEST) continue;
      for (const form of written(shown)) needles.add(form);
    }
  }
  // The longest first: a secret that is part of another must not leave the rest of that one standing.
  const ordered = [...needles].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((masked, needle) => masked.replaceAll(needle, MASK), text);
}

const lines = (value: string): readonly string[] => [value, ...value.split("\n")];

const written = (value: string): readonly string[] => [
  value,
  JSON.stringify(value).slice(1, -1),
  ...attempt(() => [encodeURIComponent(value)]),
  Buffer.from(value).toString("base64"),
];

/** The secret parts of a compound value. */
function parts(secret: string): readonly string[] {
  // Not by the URL class, which does not take several hosts as database URLs have them.
  const password = /^[a-z][a-z0-9+.-]*:\/\/[^/?#:@]*:([^/?#@]+)@/i.exec(secret)?.[1];
  if (password !== undefined) return [password, ...attempt(() => [decodeURIComponent(password)])];
  if (/^\s*[[{]/.test(secret)) return attempt(() => leaves(JSON.parse(secret) as unknown));
  const decoded = /^[A-Za-z0-9+/]+={0,2}$/.test(secret) ? Buffer.from(secret, "base64").toString("utf8") : "";
  return decoded.includes("-----BEGIN") ? [decoded] : [];
}

/** Texts that a secret may not be fit for: a brace does not make JSON of it, nor a per cent sign a URL. */
function attempt(make: () => readonly string[]): readonly string[] {
  try {
    return make();
  } catch {
    // The error would quote the secret, and what has no such form cannot appear in it.
    return [];
  }
}

function leaves(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(leaves);
}
