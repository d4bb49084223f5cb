import fc from "fast-check";

const middle = (text: string, added: string): string => {
  const at = Math.ceil(text.length / 2);
  return text.slice(0, at) + added + text.slice(at);
};

/** What people do to a text on its way into a stack file. */
const slips: readonly ((text: string) => string)[] = [
  () => "",
  () => "v9.9",
  () => "null",
  () => "<value>",
  () => "010.0.0.0/8",
  () => "10.0.0.0/33",
  () => "10.0.0.1/8",
  () => "fd00::1/64",
  () => "::ffff:10.0.0.0/104",
  ...[" ", "\t", "\n", "\r\n", "\ufeff", "\u00a0", "\u0000", "\u001b[200~"].flatMap((blank) => [
    (text: string) => blank + text,
    (text: string) => text + blank,
    (text: string) => middle(text, blank),
  ]),
  ...["'", '"', "`", "“"].map((mark) => (text: string) => mark + text + mark),
  ...["https://", "http://", "user:planted@", "*.", ".", "-", "/", "C:\\", "~/", "$", "="].map(
    (front) => (text: string) => front + text,
  ),
  ...["/", ".", "..", ":443", ":0", ":70000", ":", "-", "?a=b", "#a", "/33", ",", ";", "%", "@", "\\n"].map(
    (end) => (text: string) => text + end,
  ),
  ...["\u200b", "\u202e", "ü", "日", "..", "_", "%zz", "\\", "$(id)", "--"].map(
    (inside) => (text: string) => middle(text, inside),
  ),
  (text) => text.toUpperCase(),
  (text) => text.replace(/[a-z]/, "é"),
  (text) => text.replace(/\d/, "x"),
  (text) => text.replaceAll(".", ","),
  (text) => text.repeat(2),
  (text) => text.repeat(1_000),
  (text) => `${text},${text}`,
  (text) => text.slice(0, -1),
  (text) => text.slice(1),
  (text) => Buffer.from(text).toString("base64"),
  (text) => `${"a".repeat(64)}.${text}`,
  (text) => `${"abcdefgh.".repeat(30)}${text}`,
  (text) => encodeURIComponent(text),
];

/** Letters that decide about formats, beside any other. */
const letters = fc.oneof(
  fc.constantFrom(
    ...Array.from(" \t\n.-_/:@#?%\\\"'0129azAZ,;=+*~[](){}<>|&$^`\u0000\u0007\u007f\u00a0\u00e9\u200b"),
  ),
  fc.string({ unit: "binary", minLength: 1, maxLength: 2 }),
);

/** One to three letters of a text put in, left out or made others. */
const edited = (text: string): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(fc.nat(Math.max(text.length, 1)), fc.constantFrom(0, 1), letters), {
      minLength: 1,
      maxLength: 3,
    })
    .map((edits) =>
      edits.reduce((now, [at, gone, put]) => now.slice(0, at) + put + now.slice(at + gone), text),
    );

/** Texts that are like a right one: by every slip, and as many by chance. */
export function spoiled(text: string, seed: number, byChance: number): readonly string[] {
  const all = [...slips.map((slip) => slip(text)), ...fc.sample(edited(text), { seed, numRuns: byChance })];
  return [...new Set(all)].filter((each) => each !== text);
}
