import { z } from "zod";
import { parseJson } from "../../peers/json";

const schema = z.array(
  z.object({
    Config: z.string(),
    RepoTags: z.array(z.string()).nullish(),
    Layers: z.array(z.string()).default([]),
    LayerSources: z.record(z.string(), z.object({ mediaType: z.string().default("") })).nullish(),
  }),
);

/**
 * An image as the `manifest.json` that `docker image save` writes lists it, in its legacy layout and in that of OCI: names of
 * files in the same archive, the references it is loaded as, and where layers come from that are not in it.
 */
export type SavedManifest = z.output<typeof schema>[number];

/**
 * Reads a `manifest.json`; undefined when it is none. Errors of the parsers are not passed on: they quote what they read.
 */
export const parseSavedManifest = (text: string): readonly SavedManifest[] | undefined =>
  schema.safeParse(parseJson(text)).data;
