import Ajv from "ajv";
import { describeSchema, type SchemaNode } from "../../../config/explain";
import { secretNames } from "../../../config/secrets";
import { settingsKeys, settingsShape } from "../../../config/settings";
import type { Fault } from "./judge";
import { faultAt, type Given, type Path } from "./places";

/** A field of the schema, and what must be set for it to be there. */
interface Place {
  readonly path: Path;
  readonly node: SchemaNode;
  readonly given: Given;
  readonly root: { readonly definitions?: unknown };
}

/** Every field of the schema, the entries of lists and the branches of choices included. */
function placesOf(node: SchemaNode, path: Path, root: Place["root"], given: Given = []): readonly Place[] {
  const below = Object.entries(node.properties ?? {}).flatMap(([name, inner]) =>
    placesOf(inner, [...path, name], root, given),
  );
  const items = node.items === undefined ? [] : placesOf(node.items, [...path, 0], root, given);
  const branches = (node.oneOf ?? []).flatMap((branch) =>
    placesOf(branch, path, root, [...given, [path, decided(branch)]]),
  );
  return [{ path, node, given, root }, ...below, ...items, ...branches];
}

/** What tells a branch of a choice from the others. */
const decided = ({ properties }: SchemaNode): unknown =>
  Object.fromEntries(
    Object.entries(properties ?? {}).flatMap(([name, { const: only }]) =>
      only === undefined ? [] : [[name, only]],
    ),
  );

const places: readonly Place[] = settingsKeys.flatMap((key) => {
  const root: SchemaNode & Place["root"] = describeSchema(settingsShape[key]);
  return placesOf(root, [key], "definitions" in root ? { definitions: root.definitions } : {});
});

/** Values of every type, and such as YAML makes of what was meant otherwise. */
const values: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1, 1.1, 1.5, 1e30, 99999],
  ...["", " ", "yes", "no", "true", "null", "1", "1.10", "~", "[]", "{}", "<value>", "a\tb", "a\nb"],
  ...[[], [null], [1], [""], [[]], ["a", "a"], {}, { a: 1 }, { "": "" }, { name: null }, [{}]],
  "x".repeat(100_000),
];

const isText = (value: unknown): value is string => typeof value === "string";

/** What a text stands for at the top, where the engine hands texts over. What is empty counts as left out. */
function decoded(text: string): unknown {
  if (["", "{}", "[]"].includes(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const ajv = new Ajv({ strict: false, validateFormats: false });

/**
 * Values that the schema as data does not allow, by another validator than the one the program uses. At the top, text is not
 * told from other types, and what is empty counts as left out.
 */
function valueFaults({ path, node, given, root }: Place): readonly Fault[] {
  // What refers to itself, as any JSON does, is defined at the root.
  const isAllowed = ajv.compile({ ...root, ...node });
  const isWrong = (value: unknown): boolean => !isAllowed(value);
  const isWrongAtTop = (value: unknown): boolean => {
    const handedOver = decoded(isText(value) ? value : JSON.stringify(value));
    return handedOver !== undefined && node.type !== "string" && !isAllowed(handedOver);
  };
  return values
    .filter(path.length === 1 ? isWrongAtTop : isWrong)
    .map((value) => faultAt("a value of another type, or out of range", path, value, given));
}

const strangers = [
  "unknown",
  "__proto__",
  "constructor",
  "toString",
  "a b",
  "x".repeat(100_000),
  ...secretNames,
];

function unknownFaults({ path, node, given }: Place): readonly Fault[] {
  // A map takes any name, a section its own alone.
  if (node.properties === undefined || path.at(-1) === 0) return [];
  const mistyped = Object.keys(node.properties).flatMap((name) => [
    `${name}s`,
    name.toUpperCase(),
    `${name} `,
  ]);
  return [...strangers, ...mistyped]
    .filter((name) => node.properties?.[name] === undefined || !Object.hasOwn(node.properties, name))
    .map((name) => faultAt("an unknown key in a section", [...path, name], "planted", given));
}

function missingFaults({ path, node, given }: Place): readonly Fault[] {
  return (node.required ?? [])
    .filter(
      (name) =>
        node.properties?.[name]?.default === undefined && node.properties?.[name]?.const === undefined,
    )
    .map((name) =>
      faultAt("a missing key", [...path, name], undefined, [...given, [[...path, "unknownBeside"], 1]]),
    );
}

const topFaults = (): readonly Fault[] =>
  ["unknown", "constructor", "Domain", "domain ", "adminPasswort", "a.b", "x".repeat(100_000)].map((name) =>
    faultAt("an unknown key at the top", [name], "planted"),
  );

/** Everything that is wrong by the schema alone. */
export const schemaFaults = (): readonly Fault[] => [
  ...topFaults(),
  ...places.flatMap((place) => [...valueFaults(place), ...unknownFaults(place), ...missingFaults(place)]),
];
