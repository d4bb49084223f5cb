/** The value of a JSON text; undefined when it is none. The parser's words would quote the text, which may hold a secret. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The claims of a JSON web token, not verified; undefined when it is none. */
export const jwtPayload = (token: string): unknown =>
  parseJson(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
