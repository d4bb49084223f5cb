import { visible } from "./problems";

const MOST_SHOWN = 80;

/** What a message may show of the values of fields that are called so: nothing. */
const tellsSecret = /pass|secret|token|credential|private|api_?key|access_?key/i;

/**
 * What may be a secret in a place that is not meant for one: a private key as PEM or as its base64, a JSON web token, and
 * what is between a user's name and the `@` of a host.
 */
const secrets: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN[A-Z ]*PRIVATE KEY-----[^"]*/g, "-----BEGIN PRIVATE KEY-----…"],
  [/LS0tLS1CRUdJTi[A-Za-z0-9+/=\\n]*/g, "LS0tLS1CRUdJTi…"],
  [/\beyJ[\w-]*\.[\w.-]*/g, "eyJ…"],
  [/\/\/[^"\s@]*@(?:[^"\s]*@)?/g, "//…@"],
  [/(^"?)[^"\s@:/]+:(?!\/\/)[^"\s@]+@/g, "$1…@"],
];

/**
 * A value as messages show it: cut, and without what may be a secret by mistake, as that is no reason to print it once
 * more.
 *
 * @param most characters that are shown
 */
export function concealed(value: unknown, most = MOST_SHOWN): string {
  // Undefined for what JSON has no text for, such as a function.
  const json = JSON.stringify(value, (name, each: unknown) =>
    typeof each === "string" ? (tellsSecret.test(name) ? "…" : each.slice(0, 10 * most)) : each,
  ) as string | undefined;
  if (json === undefined) return typeof value;
  const plain = secrets.reduce((text, [pattern, instead]) => text.replace(pattern, instead), json);
  const text = visible(plain);
  return text.length > most ? `${text.slice(0, most - 3)}…` : text;
}
