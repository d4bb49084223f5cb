import {
  isProperties,
  objectAt,
  omit,
  type Properties,
  stringAt,
  textOf,
  type Value,
  type World,
} from "../framework";

// Stands for a value that was changed behind the stack's back: it cannot be read, only told apart.
const FOREIGN = Buffer.from("changed outside of the stack").toString("base64");

/** The declared content of an object as the world keeps it: identity left out, the values of a Secret sealed. */
export function toBody(inputs: Properties, world: World): Properties {
  const rest = omit(inputs, "apiVersion", "kind", "metadata", "data", "stringData");
  const metadata = omit(objectAt(inputs, "metadata"), "name", "namespace");
  if (inputs["kind"] !== "Secret") {
    return { ...rest, metadata, ...(inputs["data"] === undefined ? {} : { data: inputs["data"] }) };
  }
  const sealed = Object.entries(secretData(inputs)).map(([key, value]) => [key, world.seal(value)] as const);
  return { ...rest, metadata, data: Object.fromEntries(sealed) };
}

/** The content of a Secret in base64, `stringData` winning over `data` as in the API server. */
export function secretData(inputs: Properties): Record<string, string> {
  const data: Record<string, string> = {};
  for (const [key, value] of Object.entries(objectAt(inputs, "data"))) data[key] = textOf(value);
  for (const [key, value] of Object.entries(objectAt(inputs, "stringData"))) {
    data[key] = Buffer.from(textOf(value)).toString("base64");
  }
  return data;
}

/** The live data of a Secret: recorded values where the seal still fits, a placeholder where it does not. */
export function unsealData(live: Properties, recorded: Properties, world: World): Properties {
  const known = secretData(recorded);
  return Object.fromEntries(
    Object.entries(objectAt(live, "data")).map(([key, seal]) => {
      const value = known[key];
      return [key, value !== undefined && world.seal(value) === seal ? value : FOREIGN];
    }),
  );
}

/** Keeps of the live value what the inputs declare, so that a refresh shows drift in declared fields only. */
export function project(declared: Value, live: Value | undefined): Value | undefined {
  if (!isProperties(declared) || !isProperties(live)) return live;
  const kept: Properties = {};
  for (const [key, value] of Object.entries(declared)) {
    const found = project(value, live[key]);
    if (found !== undefined) kept[key] = found;
  }
  return kept;
}

/** Turns live data into the form in which the inputs declare it: plain text for `stringData`. */
export function asStringData(data: Properties, declared: Properties): Properties {
  return Object.fromEntries(
    Object.keys(declared).flatMap((key) => {
      const value = stringAt(data, key);
      return value === undefined ? [] : [[key, Buffer.from(value, "base64").toString()]];
    }),
  );
}
