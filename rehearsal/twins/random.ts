import { randomBytes, randomInt, randomUUID, scryptSync } from "node:crypto";
import {
  defineResource,
  defineTwin,
  type Failure,
  type Fields,
  flag,
  mapOf,
  numeric,
  type Properties,
  stringAt,
  text,
  UNKNOWN,
} from "./framework";

const keepers = mapOf(text());
const count = numeric({ integer: true, min: 0 });
const textFields: Fields = {
  length: numeric({ integer: true, min: 1, required: true }),
  keepers,
  lower: flag(),
  upper: flag(),
  numeric: flag(),
  number: flag(),
  special: flag(),
  overrideSpecial: text(),
  minLower: count,
  minUpper: count,
  minNumeric: count,
  minSpecial: count,
};

function withDefaults(inputs: Properties): Properties {
  const { number, numeric: digits } = inputs;
  const either = digits ?? number ?? true;
  return { ...TEXT_DEFAULTS, ...inputs, number: either, numeric: either };
}

function checkText(inputs: Properties): Failure[] {
  if (!hasAlphabet(inputs)) {
    return [{ property: "lower", reason: "at least one of lower, upper, numeric and special must be true" }];
  }
  const least = minimumLength(inputs);
  if (inputs["length"] === UNKNOWN || least <= Number(inputs["length"])) return [];
  return [{ property: "length", reason: `must be at least the sum of the minimums, ${least}` }];
}

const password = defineResource({
  inputs: textFields,
  computed: ["result", "bcryptHash"],
  secretOutputs: ["result", "bcryptHash"],
  normalise: withDefaults,
  check: checkText,
  create(inputs) {
    const result = drawText(inputs);
    return { id: "none", outputs: { ...inputs, result, bcryptHash: bcryptShaped(result) } };
  },
});

const string = defineResource({
  inputs: textFields,
  computed: ["result"],
  normalise: withDefaults,
  check: checkText,
  create(inputs) {
    const result = drawText(inputs);
    return { id: result, outputs: { ...inputs, result } };
  },
});

const bytes = defineResource({
  inputs: { length: numeric({ integer: true, min: 1, required: true }), keepers },
  computed: ["base64", "hex"],
  secretOutputs: ["base64", "hex"],
  create(inputs) {
    const drawn = randomBytes(Number(inputs["length"]));
    return {
      id: "none",
      outputs: { ...inputs, base64: drawn.toString("base64"), hex: drawn.toString("hex") },
    };
  },
});

const id = defineResource({
  inputs: { byteLength: numeric({ integer: true, min: 1, required: true }), keepers, prefix: text() },
  computed: ["b64Std", "b64Url", "dec", "hex"],
  create(inputs) {
    const drawn = randomBytes(Number(inputs["byteLength"]));
    const prefix = stringAt(inputs, "prefix") ?? "";
    const hex = drawn.toString("hex");
    const outputs = {
      ...inputs,
      b64Std: prefix + drawn.toString("base64"),
      b64Url: prefix + drawn.toString("base64url"),
      dec: prefix + BigInt(`0x${hex}`).toString(),
      hex: prefix + hex,
    };
    return { id: drawn.toString("base64url"), outputs };
  },
});

const uuid = defineResource({
  inputs: { keepers },
  computed: ["result"],
  create(inputs) {
    const result = randomUUID();
    return { id: result, outputs: { ...inputs, result } };
  },
});

// A hash of the right look; nothing in a rehearsal verifies passwords against it.
function bcryptShaped(secret: string): string {
  const salt = randomBytes(16);
  const digest = scryptSync(secret, salt, 23);
  const encoded = Buffer.concat([salt, digest]).toString("base64").replaceAll("+", ".").replaceAll("=", "");
  return `$2a$10$${encoded.slice(0, 53)}`;
}

/** Simulates the random provider; what it draws really is random, and lives in the state of the stack alone. */
export const randomTwin = defineTwin({
  package: "random",
  version: "4.21.2",
  config: {},
  resources: {
    "random:index/randomPassword:RandomPassword": password,
    "random:index/randomString:RandomString": string,
    "random:index/randomBytes:RandomBytes": bytes,
    "random:index/randomId:RandomId": id,
    "random:index/randomUuid:RandomUuid": uuid,
  },
});

const CLASSES = {
  lower: "abcdefghijklmnopqrstuvwxyz",
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  numeric: "0123456789",
  special: "!@#$%&*()-_=+[]{}<>:?",
} as const;

type CharacterClass = keyof typeof CLASSES;

const CLASS_NAMES: readonly CharacterClass[] = ["lower", "upper", "numeric", "special"];

/** The defaults that the provider fills in for passwords and strings. */
export const TEXT_DEFAULTS: Properties = {
  lower: true,
  upper: true,
  numeric: true,
  number: true,
  special: true,
  minLower: 0,
  minUpper: 0,
  minNumeric: 0,
  minSpecial: 0,
};

/** Draws a random text by the rules of the inputs, which must have their defaults filled in. */
export function drawText(inputs: Properties): string {
  const characters: string[] = [];
  let all = "";
  for (const name of CLASS_NAMES) {
    const alphabet = alphabetOf(name, inputs);
    if (inputs[name] === true) all += alphabet;
    characters.push(...drawMany(alphabet, minimumOf(name, inputs)));
  }
  characters.push(...drawMany(all, Number(inputs["length"]) - characters.length));
  return shuffle(characters).join("");
}

/** The number of characters that the minimums of all classes ask for together. */
export function minimumLength(inputs: Properties): number {
  return CLASS_NAMES.reduce((sum, name) => sum + minimumOf(name, inputs), 0);
}

/** Whether any class of characters may be used at all. */
export function hasAlphabet(inputs: Properties): boolean {
  return CLASS_NAMES.some((name) => inputs[name] !== false);
}

function alphabetOf(name: CharacterClass, inputs: Properties): string {
  return (name === "special" ? stringAt(inputs, "overrideSpecial") : undefined) ?? CLASSES[name];
}

function minimumOf(name: CharacterClass, inputs: Properties): number {
  return Number(inputs[`min${name[0]?.toUpperCase() ?? ""}${name.slice(1)}`] ?? 0);
}

function drawMany(alphabet: string, count: number): string[] {
  return Array.from({ length: Math.max(count, 0) }, () => alphabet.charAt(randomInt(alphabet.length)));
}

function shuffle(characters: string[]): string[] {
  for (let last = characters.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [characters[last], characters[other]] = [characters[other] ?? "", characters[last] ?? ""];
  }
  return characters;
}
