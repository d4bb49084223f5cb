/** How a registry wants its visitors to log in. */
export interface Challenge {
  readonly scheme: "basic" | "bearer";
  /** By name in lower case: `realm`, `service`, `scope`. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Reads a `WWW-Authenticate` header; undefined when it asks for neither of the two schemes registries know. */
export function parseChallenge(header: string | undefined): Challenge | undefined {
  const [, word = "", rest = ""] = /^\s*(\w+)\s*(.*)$/.exec(header ?? "") ?? [];
  const scheme = word.toLowerCase();
  if (scheme !== "basic" && scheme !== "bearer") return undefined;
  const pairs = [...rest.matchAll(/(\w+)="([^"]*)"/g)].map(
    ([, name = "", value = ""]) => [name.toLowerCase(), value] as const,
  );
  return { scheme, parameters: Object.fromEntries(pairs) };
}
