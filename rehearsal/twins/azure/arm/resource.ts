import {
  at,
  type CheckContext,
  defineResource,
  type Failure,
  mergeValues,
  type Operation,
  PartialFailure,
  type Properties,
  type ResourceTwin,
  stringAt,
  TwinError,
  UNKNOWN,
  Unknown,
  type Value,
  textOf,
} from "../../framework";
import { clientOf } from "../config";
import { checkContract } from "../contract";
import { deleteResource, judgeDeletion, judgeWrite, takeHold, writeResource } from "./requests";
import { type ArmType, automaticName, checkName, type Claim, makeKnown } from "./definition";
import { inputsOf, outputsOf } from "./outputs";
import { fillTemplate, groupOfId, idKey, nameOfId, parametersOf, sameId } from "./resource-id";
import { findResource, resources, shortLocation } from "./tables";

/** The behaviour of a type of the Resource Manager, as the provider shows it. */
export function armResource(type: ArmType): ResourceTwin {
  makeKnown(type);
  const parameters = parametersOf(type.path).filter((name) => name !== "subscriptionId");
  const nameInput = parameters.at(-1) ?? "";
  const topLevel = (type.outputs ?? []).filter((name) => !name.includes("."));
  const nested = (type.outputs ?? []).filter((name) => name.includes("."));
  const idOf = (inputs: Properties, config: Properties): string => {
    const id = fillTemplate(type.path, inputs, clientOf(config).subscriptionId);
    if (id === undefined) throw new Error(`${type.token} lacks a part of its id: ${parameters.join(", ")}`);
    return id;
  };
  return defineResource({
    inputs: "open",
    replaceOn: [...parameters, ...(type.located === true ? ["location"] : []), ...(type.forceNew ?? [])],
    deleteBeforeReplace: (inputs, before) => sameName(parameters, inputs, before.inputs),
    diff: (before, after, changes) =>
      changes.filter(({ path }) => path !== "location" || !sameLocation(before.inputs, after)),
    computed: ["name", "type", "azureApiVersion", ...topLevel],
    ...(type.latency === undefined ? {} : { latency: type.latency }),
    claim: claimOf(type),
    accept: acceptanceOf(type),
    normalise: (inputs, context) => withDefaults(type, nameInput, inputs, context),
    check: (inputs) => check(type, nameInput, parameters, inputs),
    preview: (inputs, _context, before) => foresee(nested, inputs, before?.outputs),
    create(inputs, { world, config, clock }) {
      const id = idOf(inputs, config);
      const client = clientOf(config);
      return world.change((state) => {
        const isNew = type.singleton === undefined && type.isAlwaysThere !== true;
        if (isNew && findResource(state, id) !== undefined) {
          throw new TwinError(`cannot create already existing resource '${id}'`);
        }
        const record = writeResource(type, { state, world, id, inputs, client, now: clock.now() });
        return { id, outputs: outputsOf(type, record) };
      });
    },
    read(recorded, { world }) {
      const record = world.read((state) => findResource(state, recorded.id));
      if (record === undefined) return undefined;
      return {
        id: record.id,
        inputs: inputsOf(type, record, recorded.inputs, world),
        outputs: outputsOf(type, record),
      };
    },
    update(before, inputs, { world, config, clock }) {
      const { id } = before;
      const client = clientOf(config);
      return world.change((state) => {
        const request = { state, world, id, inputs, client, now: clock.now() };
        const record = writeResource(type, request, before.inputs);
        return outputsOf(type, record);
      });
    },
    delete({ id }, { world, clock }) {
      world.change((state) => {
        deleteResource(type, { state, id, now: clock.now() });
      });
    },
  });
}

function claimOf(type: ArmType): NonNullable<ResourceTwin["claim"]> {
  return (operation, inputs, { world, config, clock }) => {
    // Looking never gets in anybody's way.
    const id =
      operation === "read" ? undefined : fillTemplate(type.path, inputs, clientOf(config).subscriptionId);
    if (id === undefined) return undefined;
    const claims = [...(type.claims?.(operation, id, inputs) ?? []), ...claimsOnGroup(operation, id)];
    return takeHold(world, claims, (error) => {
      const client = clientOf(config);
      const record = world.change((state) => {
        const written = writeResource(type, { state, world, id, inputs, client, now: clock.now() });
        const failed = { ...written, computed: { ...written.computed, provisioningState: "Failed" } };
        resources.of(state).set(idKey(id), failed);
        return failed;
      });
      return new PartialFailure(id, outputsOf(type, record), inputs, [error.message]);
    });
  };
}

/** What the service refuses when it is asked, long before the operation would end. */
function acceptanceOf(type: ArmType): NonNullable<ResourceTwin["accept"]> {
  return (operation, inputs, { world, config, clock }) => {
    const client = clientOf(config);
    const id = operation === "read" ? undefined : fillTemplate(type.path, inputs, client.subscriptionId);
    if (id === undefined) return;
    const now = clock.now();
    world.read((state) => {
      if (operation === "delete") judgeDeletion(type, { state, id, now });
      else {
        const oldInputs = operation === "update" ? findResource(state, id)?.properties : undefined;
        judgeWrite(type, { state, world, id, inputs, client, now }, oldInputs);
      }
      type.refuseNow?.({ state, id, now }, operation);
    });
  };
}

/** Nothing is written into a group that is being deleted. */
function claimsOnGroup(operation: Operation, id: string): Claim[] {
  const group = groupOfId(id);
  const isGroup = sameId(group, id);
  if (group === undefined || isGroup !== (operation === "delete")) return [];
  return [
    {
      key: `deletion of ${group}`.toLowerCase(),
      weak: !isGroup,
      code: "ResourceGroupBeingDeleted",
      message: `The resource group '${nameOfId(group)}' is in deprovisioning state and cannot perform this operation.`,
    },
  ];
}

function withDefaults(
  type: ArmType,
  nameInput: string,
  inputs: Properties,
  context: CheckContext,
): Properties {
  const full: Properties = { ...inputs };
  full[nameInput] ??= type.singleton ?? context.oldInputs[nameInput] ?? automaticName(context, type.nameRule);
  const { location } = clientOf(context.config);
  const before = context.oldInputs["location"];
  if (type.located === true && full["location"] === undefined) {
    const isGroup = nameInput === "resourceGroupName";
    const found = before ?? location ?? (isGroup ? undefined : groupLocation(full, context));
    if (found !== undefined) full["location"] = found;
  }
  return full;
}

/** Resources that name no location get that of their group, which may not be known yet. */
function groupLocation(inputs: Properties, { world, config }: CheckContext): Value | undefined {
  const group = inputs["resourceGroupName"];
  if (group instanceof Unknown) return UNKNOWN;
  const id = `/subscriptions/${clientOf(config).subscriptionId}/resourceGroups/${textOf(group)}`;
  return world.read((state) => stringAt(findResource(state, id)?.properties, "location")) ?? UNKNOWN;
}

function check(
  type: ArmType,
  nameInput: string,
  parameters: readonly string[],
  inputs: Properties,
): Failure[] {
  const failures = parameters
    .filter((name) => inputs[name] === undefined || inputs[name] === "")
    .map((property) => ({ property, reason: "missing required property" }));
  const name = inputs[nameInput];
  if (type.nameRule !== undefined && typeof name === "string")
    failures.push(...checkName(type.nameRule, nameInput, name));
  if (type.singleton !== undefined && typeof name === "string" && name !== type.singleton) {
    failures.push({
      property: nameInput,
      reason: `HttpResourceNotFound: the service has no "${name}" here, only "${type.singleton}"`,
    });
  }
  failures.push(...checkContract(type.contract, inputs, parameters));
  return failures;
}

/** What the service adds to an object that is declared stays unknown until it has. */
function foresee(nested: readonly string[], inputs: Properties, outputs: Properties | undefined): Properties {
  const known: Properties = {};
  for (const path of nested) {
    const [top = "", ...rest] = path.split(".");
    const declared = known[top] ?? inputs[top];
    if (declared instanceof Unknown) continue;
    const value = at(outputs, top, ...rest) ?? UNKNOWN;
    const addition = rest.reduceRight<Value>((inner, key) => ({ [key]: inner }), value);
    known[top] = mergeValues({ [top]: declared ?? {} }, { [top]: addition })[top] ?? addition;
  }
  return known;
}

function sameName(parameters: readonly string[], left: Properties, right: Properties): boolean {
  return parameters.every(
    (name) => left[name] instanceof Unknown || sameId(stringAt(left, name), stringAt(right, name)),
  );
}

function sameLocation(left: Properties, right: Properties): boolean {
  const [one, other] = [left, right].map((inputs) => stringAt(inputs, "location"));
  return one !== undefined && other !== undefined && shortLocation(one) === shortLocation(other);
}
