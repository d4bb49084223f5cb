import { defineResource, stringAt, text, TwinError, type World } from "../framework";
import { checkDocument, refusalOf } from "./policy-document";
import { groups, policies, users } from "./tables";

/** Simulates a named policy. */
export const policy = defineResource({
  inputs: { name: text(), namePrefix: text(), policy: text({ required: true }) },
  replaceOn: ["name", "namePrefix"],
  deleteBeforeReplace: true,
  normalise: (inputs, { name, oldInputs, randomHex }) =>
    inputs["namePrefix"] === undefined
      ? { name: oldInputs["name"] ?? `${name}-${randomHex(7)}`, ...inputs }
      : inputs,
  check(inputs) {
    const document = stringAt(inputs, "policy");
    return document === undefined ? [] : checkDocument(document, "policy");
  },
  create(inputs, { world }) {
    const name =
      stringAt(inputs, "name") ?? `${stringAt(inputs, "namePrefix") ?? ""}${Date.now().toString(16)}`;
    store(world, name, stringAt(inputs, "policy") ?? "");
    return { id: name, outputs: { ...inputs, name } };
  },
  read(recorded, { world }) {
    const found = world.read((state) => policies.of(state).get(recorded.id));
    // The provider does not take a missing policy for one that is to be created again.
    if (found === undefined)
      throw new TwinError(
        `[FATAL] unable to read policy (${recorded.id}): The canned policy does not exist.`,
      );
    const live = { policy: found.document };
    return {
      id: recorded.id,
      inputs: { ...recorded.inputs, ...live },
      outputs: { ...recorded.outputs, ...live },
    };
  },
  update(before, inputs, { world }) {
    store(world, before.id, stringAt(inputs, "policy") ?? "");
    return { ...before.outputs, ...inputs };
  },
  delete(recorded, { world }) {
    world.change((state) => {
      const holders = [...users.of(state).entries(), ...groups.of(state).entries()];
      if (holders.some(([, { policies: attached }]) => attached.includes(recorded.id))) {
        throw new TwinError(
          `[FATAL] unable to delete policy (${recorded.id}): The specified policy is in use and cannot be deleted.`,
        );
      }
      policies.of(state).delete(recorded.id);
    });
  },
});

function store(world: World, name: string, document: string): void {
  const refusal = refusalOf(document);
  if (refusal !== undefined) throw new TwinError(`[FATAL] unable to create policy (${name}): ${refusal}`);
  world.change((state) => {
    policies.of(state).set(name, { document });
  });
}
