import {
  defineResource,
  flag,
  listOf,
  object,
  objectAt,
  stringAt,
  text,
  TwinError,
  type Value,
  type World,
} from "../framework";
import { existing } from "./bucket";
import { buckets } from "./tables";

/** Simulates the versioning of a bucket. */
export const versioning = defineResource({
  inputs: {
    bucket: text({ required: true }),
    versioningConfiguration: object(
      {
        status: text({ required: true, oneOf: ["Enabled", "Suspended"] }),
        excludeFolders: flag(),
        excludedPrefixes: listOf(text()),
      },
      { required: true },
    ),
  },
  replaceOn: ["bucket"],
  create(inputs, { world }) {
    const bucket = stringAt(inputs, "bucket") ?? "";
    setVersioning(world, bucket, objectAt(inputs, "versioningConfiguration"));
    return { id: bucket, outputs: inputs };
  },
  read(recorded, { world }) {
    const found = world.read((state) => buckets.of(state).get(recorded.id));
    if (found === undefined)
      throw new TwinError(
        `[FATAL] failed to load bucket versioning (${recorded.id}): The specified bucket does not exist`,
      );
    if (found.versioning === undefined) return undefined;
    const live = { bucket: recorded.id, versioningConfiguration: found.versioning };
    return {
      id: recorded.id,
      inputs: { ...recorded.inputs, ...live },
      outputs: { ...recorded.outputs, ...live },
    };
  },
  update(before, inputs, { world }) {
    setVersioning(world, before.id, objectAt(inputs, "versioningConfiguration"));
    return inputs;
  },
  delete(recorded, { world }) {
    // A bucket never loses its versioning again; taking the resource away suspends it.
    setVersioning(world, recorded.id, { status: "Suspended" });
  },
});

function setVersioning(world: World, name: string, configuration: Value): void {
  world.change((state) => {
    const rows = buckets.of(state);
    rows.set(name, { ...existing(rows, name), versioning: configuration });
  });
}
