import { z } from "zod";
import type { SecretName } from "../config/secrets";
import type { SettingsInput } from "../config/settings";
import { type ErrorCode, SpaceliftError } from "./errors";
import type { SpaceliftEvent } from "./events";

/** Where a stack is and how it is reached. */
export interface WorkspaceOptions {
  /**
   * URL of the state backend: `azblob://container?storage_account=…`, `s3://bucket`, `file:///var/lib/pulumi`,
   * `https://api.pulumi.com`. Never taken from a login of the machine.
   */
  readonly backend: string;
  /**
   * What encrypts secrets in the state: a passphrase, or the URL of a secrets provider (`azurekeyvault://…`). Left out
   * only with Pulumi Cloud, which has its own.
   */
  readonly secretsProvider?: { readonly passphrase: string } | string;
  /** Folder that relative paths of the settings start from. @default - the current folder of the process */
  readonly directory?: string;
  /** Working folder of the engine; nothing in it is needed between runs. @default - a fresh one below the system's */
  readonly workDir?: string;
  /** Installed Pulumi CLI: the folder with `bin/pulumi`. @default - `pulumi` on PATH */
  readonly engine?: { readonly root: string };
  /**
   * Variables of the engine and its providers, over those of this process: credentials of clouds, proxies.
   * `undefined` takes one away.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** One stack. */
export interface StackOptions {
  /** Name of the stack: `aks`, with Pulumi Cloud `organisation/aks`. */
  readonly stack: string;
  readonly workspace: WorkspaceOptions;
}

/** One stack and what is to be deployed into it. */
export interface DeploymentOptions extends StackOptions {
  /** The keys of a stack file that are no secrets; what has a default may be left out. */
  readonly settings: SettingsInput;
  /** The keys of a stack file that are secrets. */
  readonly secrets?: Readonly<Partial<Record<SecretName, string>>>;
}

/** How a caller follows and ends a run. */
export interface RunOptions {
  /** Ends the run gracefully: the engine finishes what it has begun and writes the state. */
  readonly signal?: AbortSignal;
  /** Receives what happens, as it happens. Must not throw. */
  readonly onEvent?: (event: SpaceliftEvent) => void;
  /** Receives the lines that the engine would print, secrets masked. */
  readonly onLog?: (line: string) => void;
  /** How often a `waiting` event may come, in milliseconds. @default 10000 */
  readonly heartbeatMs?: number;
}

const text = z.string().min(1);

// A relative folder would be looked for in the working folder of the engine, which goes when the run ends.
const backendUrl = z
  .url()
  .refine((url) => !/^file:\/\/(?!\/|~)/.test(url), "must be an absolute path: `file:///…`");

const workspaceShape = z.strictObject({
  backend: backendUrl,
  secretsProvider: z.union([z.strictObject({ passphrase: text }), text]).optional(),
  directory: text.optional(),
  workDir: text.optional(),
  engine: z.looseObject({ root: text }).optional(),
  env: z.record(z.string(), z.string().optional()).optional(),
});

const stackShape = z.looseObject({
  stack: z
    .string()
    .regex(/^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+){0,2}$/, "must be a name of letters, digits, `.`, `_`, `-`"),
  workspace: workspaceShape,
});

const contentShape = z.looseObject({
  settings: z.record(z.string(), z.unknown()),
  secrets: z.record(z.string(), z.unknown()).optional(),
});

/**
 * Checks the options of a call. They come typed, yet a caller may be plain JavaScript or read them from a file.
 *
 * @throws SpaceliftError `SPACELIFT_BACKEND_MISSING`, `SPACELIFT_PASSPHRASE_MISSING` or `SPACELIFT_OPTIONS_INVALID`
 */
export function checkOptions(options: StackOptions | DeploymentOptions): void {
  const given: unknown = options;
  const workspace = z.looseObject({ workspace: z.looseObject({}) }).safeParse(given).data?.workspace ?? {};
  if (workspace["backend"] === undefined || workspace["backend"] === "") {
    throw wrong(
      "SPACELIFT_BACKEND_MISSING",
      "`workspace.backend` is missing: where the state of the stack is kept",
      {
        fix: "give a URL such as `azblob://pulumi-state?storage_account=acmestate`, `s3://acme-state` or `file:///var/lib/pulumi`",
      },
    );
  }
  const shape = "settings" in options ? stackShape.extend(contentShape.shape) : stackShape;
  const result = shape.safeParse(given);
  if (!result.success) {
    const lines = result.error.issues.map(({ path, message }) => `\`${path.join(".")}\`: ${message}`);
    throw wrong("SPACELIFT_OPTIONS_INVALID", `the options cannot be used: ${lines.join("; ")}`, {
      fix: "correct the fields that are named; the types of this package describe them",
    });
  }
  const { backend, secretsProvider } = result.data.workspace;
  if (secretsProvider === undefined && !/^https?:/.test(backend)) {
    throw wrong(
      "SPACELIFT_PASSPHRASE_MISSING",
      `\`workspace.secretsProvider\` is missing, and "${backend}" has none of its own`,
      {
        fix: "give `{ passphrase }`, or the URL of a secrets provider such as `azurekeyvault://…`",
      },
    );
  }
}

const wrong = (code: ErrorCode, message: string, details: { readonly fix: string }): SpaceliftError =>
  new SpaceliftError(code, message, details);
