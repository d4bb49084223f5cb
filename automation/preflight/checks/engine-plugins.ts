import { readFileSync } from "node:fs";
import { z } from "zod";

const names = ["azure-native", "command", "docker", "kubernetes", "minio", "random", "tls"] as const;

/** A provider of this program, and the version of its plugin. */
export interface Plugin {
  readonly name: (typeof names)[number];
  /** Without a leading `v`. */
  readonly version: string;
}

const packageSchema = z.object({
  version: z.string(),
  pulumi: z.object({ version: z.string().optional() }),
});

/** Every provider of this program, in the version that its installed package asks the engine for. */
export const plugins = (): readonly Plugin[] =>
  names.map((name) => {
    const text = readFileSync(require.resolve(`@pulumi/${name}/package.json`), "utf8");
    const { version, pulumi } = packageSchema.parse(JSON.parse(text));
    return { name, version: (pulumi.version ?? version).replace(/^v/, "") };
  });
