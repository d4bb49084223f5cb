import { randomInt } from "node:crypto";
import type { Properties } from "../framework";
import { stringAt } from "../framework";

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
