/** Replaces what must not be shown in a text. */
export type Redact = (text: string) => string;

const MASK = "[secret]";

/** Shorter values would take ordinary words out of a text; no secret of a configuration is that short. */
const SHORTEST = 4;

/**
 * Makes the function that masks secrets in texts: each value as it is, as JSON and URLs write it, in base64, and every
 * line of a value of several lines by itself.
 */
export function redactor(secrets: Iterable<string>): Redact {
  const needles = new Set<string>();
  for (const secret of secrets) {
    for (const value of [secret, ...secret.split("\n"), ...parts(secret)]) {
      const shown = value.trim();
      if (shown.length < SHORTEST) continue;
      const written = [
        shown,
        JSON.stringify(shown).slice(1, -1),
        encodeURIComponent(shown),
        Buffer.from(shown).toString("base64"),
      ];
      for (const form of written) needles.add(form);
    }
  }
  // The longest first: a secret that is part of another must not leave the rest of that one standing.
  const ordered = [...needles].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((masked, needle) => masked.replaceAll(needle, MASK), text);
}

/** The secret parts of a compound value: the password of a URL, the leaves of a JSON document. */
function parts(secret: string): readonly string[] {
  if (URL.canParse(secret)) {
    const { password } = new URL(secret);
    return [password, decodeURIComponent(password)];
  }
  if (!/^\s*[[{]/.test(secret)) return [];
  return leaves(JSON.parse(secret) as unknown);
}

function leaves(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(leaves);
}
