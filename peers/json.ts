/** No service nests deeper; Kubernetes itself takes ten times as much. */
const DEEPEST = 1_000;

/**
 * The value of a JSON text; undefined when it is none, or one that is nested so deep that what reads it would fail. The
 * parser's words would quote the text, which may hold a secret.
 */
export function parseJson(text: string): unknown {
  try {
    return isTooDeep(text) ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Looked at before anything is built: a megabyte of brackets becomes a hundred of objects. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const each = text[at];
    if (each === '"') at = endOfString(text, at);
    else if (each === "]" || each === "}") depth -= 1;
    else if ((each === "[" || each === "{") && ++depth > DEEPEST) return true;
  }
  return false;
}

/** Where a string ends that begins somewhere; the end of the text where it does not. */
function endOfString(text: string, begin: number): number {
  for (let end = text.indexOf('"', begin + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === "\\") backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

/** The claims of a JSON web token, not verified; undefined when it is none. */
export const jwtPayload = (token: string): unknown =>
  parseJson(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
