import { parse, YAMLParseError } from "yaml";
import { z } from "zod";
import { SpaceliftError } from "../errors";
import type { WorkspaceOptions } from "../options";

/** What a stack file says of how its secrets are encrypted. */
export interface StackFileKey {
  /** URL of a secrets provider, such as `azurekeyvault://…`. */
  readonly provider?: string;
  /** Whether a passphrase opens the secrets. */
  readonly passphrase: boolean;
}

const fileShape = z.looseObject({
  encryptionsalt: z.string().optional(),
  secretsprovider: z.string().optional(),
  config: z.looseObject({}).nullish(),
});

/**
 * Reads how the secrets of a stack file are encrypted.
 *
 * @param name how the file is called in messages
 * @throws SpaceliftError `SPACELIFT_CONFIG_INVALID` when the text is no stack file
 */
export function stackFileKey(text: string, name: string): StackFileKey {
  const { encryptionsalt, secretsprovider = "" } = shapeOf(text, name);
  return {
    ...(secretsprovider.includes("://") && { provider: secretsprovider }),
    passphrase: encryptionsalt !== undefined || secretsprovider === "passphrase",
  };
}

function shapeOf(text: string, name: string): z.output<typeof fileShape> {
  let document: unknown;
  try {
    document = parse(text) ?? {};
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    const line = error.linePos?.[0].line;
    // The parser's words quote the line, which may hold anything.
    throw invalid(`"${name}" is no YAML${line === undefined ? "" : `: line ${line}`} (${error.code})`);
  }
  const shape = fileShape.safeParse(document);
  if (shape.success) return shape.data;
  throw invalid(`"${name}" is no stack file: it must be a mapping with the key \`config\``);
}

function invalid(message: string): SpaceliftError {
  return new SpaceliftError("SPACELIFT_CONFIG_INVALID", message, {
    fix: "correct the file; `config:` holds the keys, one `spacelift:<key>: <value>` per line",
  });
}

/**
 * Whether Pulumi Cloud holds the key, and only it can encrypt and decrypt: with every other key, what the file says and
 * the workspace knows is enough.
 */
export const isKeptByService = (
  { provider, passphrase }: StackFileKey,
  { backend }: WorkspaceOptions,
): boolean => provider === undefined && !passphrase && /^https?:/.test(backend);

/** The last part of the name of a stack: with Pulumi Cloud, `organisation/project/stack` stands in `Pulumi.stack.yaml`. */
export const shortStackName = (stack: string): string => stack.slice(stack.lastIndexOf("/") + 1);
