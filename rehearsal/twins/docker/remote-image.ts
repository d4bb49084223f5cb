import { createHash } from "node:crypto";
import { defineResource, flag, listOf, mapOf, stringAt, text, TwinError } from "../framework";
import { parseReference } from "./reference";
import { localImages, pushedImages, registries } from "./tables";

/** Simulates pulling an image from a registry; one the world does not know is taken to have every image. */
export const remoteImage = defineResource({
  inputs: {
    name: text({ required: true }),
    forceRemove: flag(),
    keepLocally: flag(),
    platform: text(),
    pullTriggers: listOf(text()),
    triggers: mapOf(text()),
  },
  replaceOn: ["name", "platform", "pullTriggers", "triggers"],
  computed: ["imageId", "repoDigest"],
  create(inputs, { world }) {
    const name = stringAt(inputs, "name") ?? "";
    const reference = parseReference(name);
    if (reference === undefined) throw new TwinError(`invalid reference format: "${name}"`);
    const { id, digest } = world.change((state) => {
      const pushed = pushedImages.of(state).get(reference.full);
      if (pushed === undefined && registries.of(state).has(reference.registry)) {
        throw new TwinError(
          `Unable to read Docker image into resource: unable to pull image ${name}: manifest unknown`,
        );
      }
      const image = localImages.of(state).get(reference.full) ?? { id: contentId(reference.full) };
      localImages.of(state).set(reference.full, image);
      return { id: image.id, digest: pushed?.digest ?? contentId(`${reference.full} manifest`) };
    });
    const repoDigest = `${reference.full.slice(0, reference.full.lastIndexOf(":"))}@${digest}`;
    return { id: `${id}${name}`, outputs: { ...inputs, imageId: id, repoDigest } };
  },
  read(recorded, { world }) {
    const full = parseReference(stringAt(recorded.outputs, "name") ?? "")?.full ?? "";
    return world.read((state) => localImages.of(state).has(full)) ? recorded : undefined;
  },
  update: (before, inputs) => ({ ...before.outputs, ...inputs }),
  delete(recorded, { world }) {
    if (recorded.outputs["keepLocally"] === true) return;
    const full = parseReference(stringAt(recorded.outputs, "name") ?? "")?.full ?? "";
    world.change((state) => {
      localImages.of(state).delete(full);
    });
  },
});

function contentId(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
