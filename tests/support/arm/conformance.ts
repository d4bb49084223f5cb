import {
  type ContractPackage,
  mapperOf,
  type PropertyMapper,
} from "../../../rehearsal/twins/azure/contract/library";

/** Where Microsoft describes an answer. */
export interface AnswerModel {
  readonly library: ContractPackage;
  readonly model: string;
  /** The answer is a page of such models. @default false */
  readonly paged?: boolean;
}

/** Keys of an object on the wire: what each holds, or the keys below it. */
interface Keys {
  readonly [key: string]: PropertyMapper | Keys;
}

const kinds: Readonly<Record<string, string>> = {
  Boolean: "boolean",
  Number: "number",
  String: "string",
  Enum: "string",
  Uuid: "string",
  DateTime: "string",
};

/** What in an answer Microsoft's own library would not read: unknown keys, and values of another kind. */
export function deviations({ library, model, paged = false }: AnswerModel, body: unknown): readonly string[] {
  const described = mapperOf(library, model);
  if (!paged) return walk(library, described, body, "");
  const { value, nextLink, ...rest } = body as Readonly<Record<string, unknown>>;
  return [
    ...(Array.isArray(value)
      ? value.flatMap((each, index) => walk(library, described, each, `value[${index}]`))
      : ["value: no list"]),
    ...(nextLink === undefined || typeof nextLink === "string" ? [] : ["nextLink: no text"]),
    ...Object.keys(rest).map((key) => `${key}: unknown`),
  ];
}

function walk(
  library: ContractPackage,
  { type }: PropertyMapper,
  value: unknown,
  path: string,
): readonly string[] {
  if (value === null) return [];
  switch (type.name) {
    case "Composite": {
      const { modelProperties, className = "" } = type;
      const properties = modelProperties ?? mapperOf(library, className).type.modelProperties ?? {};
      return walkKeys(library, keysOf(properties), value, path);
    }
    case "Dictionary": {
      const { value: each } = type;
      if (each === undefined) return [];
      return Object.entries(value as object).flatMap(([key, item]) =>
        walk(library, each, item, `${path}.${key}`),
      );
    }
    case "Sequence": {
      const { element } = type;
      if (!Array.isArray(value)) return [`${path}: no list`];
      return element === undefined
        ? []
        : value.flatMap((item, index) => walk(library, element, item, `${path}[${index}]`));
    }
    default: {
      const kind = kinds[type.name];
      return kind !== undefined && typeof value !== kind ? [`${path}: no ${kind}`] : [];
    }
  }
}

function walkKeys(library: ContractPackage, keys: Keys, value: unknown, path: string): readonly string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${path}: no object`];
  return Object.entries(value).flatMap(([key, item]) => {
    const below = path === "" ? key : `${path}.${key}`;
    const known = keys[key];
    if (known === undefined) return [`${below}: unknown`];
    return isMapper(known) ? walk(library, known, item, below) : walkKeys(library, known, item, below);
  });
}

const isMapper = (entry: PropertyMapper | Keys): entry is PropertyMapper =>
  "type" in entry && typeof (entry.type as { name?: unknown }).name === "string";

/** `properties.state` is a key below a key; a dot behind a backslash is part of a key. */
function keysOf(properties: Readonly<Record<string, PropertyMapper>>): Keys {
  const keys: Record<string, PropertyMapper | Keys> = {};
  for (const [name, property] of Object.entries(properties)) {
    const path = (property.serializedName ?? name)
      .split(/(?<!\\)\./)
      .map((part) => part.replaceAll("\\.", "."));
    let place = keys;
    for (const part of path.slice(0, -1))
      place = (place[part] ??= {}) as Record<string, PropertyMapper | Keys>;
    place[path.at(-1) ?? ""] = property;
  }
  return keys;
}
