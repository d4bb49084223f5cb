import type { Unwrap } from "@pulumi/pulumi";
import { inClear, outputsIn, type StackState } from "../engine/protocol";
import type { SpaceliftOutputs } from "../program";
import { SpaceliftError } from "./errors";
import type { RunOptions, StackOptions } from "./options";
import { Run } from "./run";

/** The outputs that are secret. */
type SecretOutputName = "adminPassword" | "encryptionPrivateKey" | "kubernetesSecrets";

/** The outputs of a stack that anybody may see. */
export type DeploymentOutputs = Omit<Unwrap<SpaceliftOutputs>, SecretOutputName>;

/** The outputs of a stack that are secret, in clear. */
export type DeploymentSecrets = Pick<Unwrap<SpaceliftOutputs>, SecretOutputName>;

/** The outputs of a stack. */
export interface StackOutputs {
  readonly outputs: DeploymentOutputs;
  /** Not enumerable: `JSON.stringify`, spreading and `console.log` leave it out. */
  readonly secrets: DeploymentSecrets;
}

/**
 * Sorts the outputs of a stack.
 *
 * @param state with its secrets in clear
 * @throws SpaceliftError `SPACELIFT_NOT_DEPLOYED` when there are none
 */
export function sortOutputs(stack: string, state: StackState): StackOutputs {
  const known = outputsIn(state);
  if (known["url"] === undefined) {
    throw new SpaceliftError("SPACELIFT_NOT_DEPLOYED", `nothing was deployed into the stack "${stack}" yet`, {
      fix: "deploy it first",
    });
  }
  const clear = Object.entries(known).map(([name, value]) => ({ name, ...inClear(value) }));
  const pick = (isSecret: boolean): Record<string, unknown> =>
    Object.fromEntries(
      clear.filter(({ secret }) => secret === isSecret).map(({ name, value }) => [name, value]),
    );
  // The engine gives back what `program` returned: SpaceliftOutputs, each marked as the program marked it.
  return withSecrets({ outputs: pick(false) as DeploymentOutputs }, pick(true) as DeploymentSecrets);
}

/** The release that runs as far as the state knows; undefined before anything was deployed. */
export function releaseIn(state: StackState): string | undefined {
  const { version } = outputsIn(state);
  return typeof version === "string" ? version : undefined;
}

/**
 * Reads the outputs of a stack.
 *
 * @throws SpaceliftError with one of the {@link errorCodes}
 */
export async function getOutputs(options: StackOptions, runOptions: RunOptions = {}): Promise<StackOutputs> {
  const run = new Run(options, runOptions);
  return run.withStack({ create: false, showSecrets: true }, ({ before }) => {
    run.begin("outputs");
    return Promise.resolve(sortOutputs(options.stack, before));
  });
}

/** Hangs secrets onto a value so that printing it does not show them. */
export function withSecrets<T extends object, S>(value: T, secrets: S): T & { readonly secrets: S } {
  return Object.defineProperty({ ...value, secrets }, "secrets", { enumerable: false });
}
