import { defineResource, listOf, stringAt, text, TwinError } from "../framework";
import { parseReference } from "./reference";
import { localImages } from "./tables";

/** Simulates giving an image of the daemon another name. */
export const tag = defineResource({
  inputs: {
    sourceImage: text({ required: true }),
    targetImage: text({ required: true }),
    tagTriggers: listOf(text()),
  },
  computed: ["sourceImageId"],
  create(inputs, { world }) {
    const source = stringAt(inputs, "sourceImage") ?? "";
    const target = parseReference(stringAt(inputs, "targetImage") ?? "");
    if (target === undefined)
      throw new TwinError("failed to create docker image tag: invalid reference format");
    const image = world.change((state) => {
      const found = localImages.of(state).get(parseReference(source)?.full ?? source);
      if (found === undefined)
        throw new TwinError(`failed to create docker image tag: No such image: ${source}`);
      localImages.of(state).set(target.full, found);
      return found;
    });
    return { id: `${source}.${target.full}`, outputs: { ...inputs, sourceImageId: image.id } };
  },
});
