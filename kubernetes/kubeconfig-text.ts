import { parseDocument, visit } from "yaml";

/**
 * Characters that a kubeconfig may have: hundreds of clusters. Of YAML, what is made to be costly takes seconds and a
 * hundred megabytes at this size, and grows beyond all bounds with it.
 */
const MOST_CHARACTERS = 512 * 1024;

/** Lines of it: empty ones cost the reader more than others. */
const MOST_LINES = 20_000;

/** Levels of brackets: the reader goes down by recursion, and is slow to give up. */
const MOST_BRACKETS = 64;

/** The text is no kubeconfig; the message says why, never with anything that is in it. */
export class KubeconfigTextError extends Error {}

/**
 * Reads the text of a kubeconfig as YAML.
 *
 * @throws KubeconfigTextError
 */
export function parseKubeconfig(text: string): unknown {
  if (text.length > MOST_CHARACTERS) {
    throw new KubeconfigTextError(`has more than ${MOST_CHARACTERS / 1024} KB`);
  }
  if ((text.match(/\r\n?|\n/g)?.length ?? 0) > MOST_LINES) {
    throw new KubeconfigTextError(`has more than ${MOST_LINES} lines`);
  }
  if (bracketDepth(text) > MOST_BRACKETS) {
    throw new KubeconfigTextError(`is nested more than ${MOST_BRACKETS} levels deep`);
  }
  // Whether a key is there twice is seen below: the reader compares each with each. Its warnings and errors quote lines,
  // which may hold keys and tokens.
  const options = { uniqueKeys: false, prettyErrors: false, logLevel: "error" } as const;
  try {
    const document = parseDocument(text, options);
    if (document.errors.length > 0) throw new KubeconfigTextError("is not YAML");
    visit(document, {
      Map: (_, { items }) => {
        assertUnique(items.map(({ key }) => String(key)));
      },
    });
    return document.toJS();
  } catch (error) {
    if (error instanceof KubeconfigTextError) throw error;
    throw new KubeconfigTextError("is not YAML", { cause: error });
  }
}

function assertUnique(keys: readonly string[]): void {
  if (new Set(keys).size < keys.length) throw new KubeconfigTextError("has a key twice");
}

function bracketDepth(text: string): number {
  let depth = 0;
  let most = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === "[" || bracket === "{" ? 1 : -1;
    most = Math.max(most, depth);
  }
  return most;
}

/** What is wrong with the text of a kubeconfig at first sight, in words that follow its name. */
export function kubeconfigProblem(text: string): string | undefined {
  let parsed: unknown;
  try {
    parsed = parseKubeconfig(text);
  } catch (error) {
    if (error instanceof KubeconfigTextError) return error.message;
    throw error;
  }
  const isKubeconfig =
    typeof parsed === "object" && parsed !== null && "clusters" in parsed && "users" in parsed;
  return isKubeconfig ? undefined : "holds no `clusters` and `users`";
}
