import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  deploySpacelift,
  type DeploymentOptions,
  SpaceliftError,
} from "spacelift-selfhosted-pulumi/automation";
import { startRehearsal } from "spacelift-selfhosted-pulumi/rehearsal";
import { fleet, type Member } from "./fleet.js";

/** How one deployment ended. */
interface Result {
  readonly stack: string;
  readonly outcome: "deployed" | "unchanged" | "failed";
  readonly seconds: number;
  /** What changed, or what is wrong and what to do about it. */
  readonly detail: string;
}

const PARALLEL = 2;

const rehearse = process.argv.includes("--rehearse");

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`set ${name}`);
  return value;
}

/** Where a stack is kept, and its secrets: a JSON object in `<SECRETS>/<stack>.json`, as a secret store mounts it. */
async function fromOperator({
  stack,
}: Member): Promise<Required<Pick<DeploymentOptions, "workspace" | "secrets">>> {
  const text = await readFile(join(variable("SECRETS"), `${stack}.json`), "utf8");
  return {
    workspace: {
      backend: variable("STATE_BACKEND"),
      secretsProvider: { passphrase: variable("STATE_PASSPHRASE") },
    },
    // Whatever it is: `deploySpacelift` checks every key of it.
    secrets: JSON.parse(text) as Required<DeploymentOptions>["secrets"],
  };
}

async function deploy(member: Member): Promise<Result> {
  const { stack, settings } = member;
  const started = performance.now();
  const result = (outcome: Result["outcome"], detail: string): Result => ({
    stack,
    outcome,
    seconds: Math.round((performance.now() - started) / 100) / 10,
    detail,
  });
  // Each installation has a cluster, a registry and a MinIO of its own, and so a world.
  const world = rehearse ? await startRehearsal() : undefined;
  try {
    const { workspace, secrets } = world
      ? { workspace: world.workspace, secrets: world.secretsFor(settings) }
      : await fromOperator(member);
    const { changes } = await deploySpacelift(
      { stack, settings, workspace, secrets },
      {
        onEvent: (event) => {
          if (event.kind === "phase") console.log(`${stack}: ${event.phase}`);
        },
      },
    );
    const { same = 0, ...changed } = changes;
    const counts = Object.entries(changed).map(([fate, count]) => `${count} ${fate}`);
    return counts.length === 0 ? result("unchanged", `${same} same`) : result("deployed", counts.join(", "));
  } catch (error) {
    if (!(error instanceof SpaceliftError)) throw error;
    return result("failed", `${error.code}: ${error.message}; ${error.fix}`);
  } finally {
    await world?.close();
  }
}

/** Runs a task for every item, a few at a time, and gives the results in the order they came in. */
async function each<T, R>(items: readonly T[], limit: number, task: (item: T) => Promise<R>): Promise<R[]> {
  const waiting = [...items];
  const results: R[] = [];
  const lane = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      results.push(await task(item));
    }
  };
  await Promise.all(Array.from({ length: limit }, lane));
  return results;
}

const results = await each(fleet, PARALLEL, deploy);
console.log("");
for (const { stack, outcome, seconds, detail } of results) {
  console.log(`${stack.padEnd(12)}${outcome.padEnd(12)}${`${seconds} s`.padEnd(10)}${detail}`);
}
if (results.some(({ outcome }) => outcome === "failed")) process.exitCode = 1;
