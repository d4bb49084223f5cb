import { mergeValues, omit, type Properties, stringAt, textOf, type World } from "../../framework";
import type { ArmType } from "./definition";
import { parametersOf, parseTemplate, typeOfId } from "./resource-id";
import type { ArmRecord } from "./tables";

/** What is kept of inputs: path parameters left out, secrets sealed. */
export function toProperties(type: ArmType, inputs: Properties, world: World): Properties {
  const kept = omit(inputs, ...parametersOf(type.path));
  for (const name of type.secretInputs ?? []) {
    if (kept[name] !== undefined) kept[name] = world.seal(textOf(kept[name]));
  }
  return kept;
}

/** The outputs of a resource as the provider shows them. */
export function outputsOf(type: ArmType, record: ArmRecord): Properties {
  const declared = omit(record.properties, ...(type.secretInputs ?? []));
  return {
    ...mergeValues(mergeValues(type.defaults?.(record.properties) ?? {}, declared), record.computed),
    name: record.name,
    type: type.type ?? typeOfId(record.id),
    azureApiVersion: type.apiVersion,
  };
}

/** The inputs as the service now has them: declared keys with their live values, and tags that others have added. */
export function inputsOf(type: ArmType, record: ArmRecord, declared: Properties, world: World): Properties {
  const parameters = parseTemplate(type.path, record.id) ?? {};
  const isImport = Object.keys(declared).length === 0;
  const inputs: Properties = omit(parameters, "subscriptionId");
  const keys = isImport ? Object.keys(record.properties) : Object.keys(declared);
  for (const key of keys) {
    if (parameters[key] !== undefined) {
      inputs[key] = declared[key] ?? inputs[key] ?? "";
      continue;
    }
    const live = record.properties[key];
    const secret = type.secretInputs?.includes(key) === true ? stringAt(declared, key) : undefined;
    if (secret !== undefined) {
      if (world.seal(secret) === live) inputs[key] = secret;
    } else if (live !== undefined && type.secretInputs?.includes(key) !== true) inputs[key] = live;
  }
  const { tags } = record.properties;
  if (tags !== undefined && declared["tags"] === undefined) inputs["tags"] = tags;
  return inputs;
}
