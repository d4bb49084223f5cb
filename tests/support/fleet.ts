import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deploySpacelift, type SettingsInput, SpaceliftError } from "../../automation";
import type { Engine } from "../../engine";
import type { Fault } from "../../rehearsal";
import { placeholderArchive } from "../../rehearsal/placeholders";
import { startRehearsal } from "../../rehearsal/rehearsal";
import { configuredAks } from "./azure-configurations";
import { configured } from "./configurations";

/** An installation of a fleet. */
export interface Member {
  readonly stack: string;
  readonly settings: SettingsInput;
  /** Failures of what it is made of. @default - none */
  readonly faults?: readonly Fault[];
}

/** What became of an installation. */
export interface Outcome {
  readonly stack: string;
  /** From the start of its world to the end of the deployment. */
  readonly seconds: number;
  /** How many resources were made; of one that failed, none are counted. */
  readonly created: number;
  /** Undefined: it was deployed. */
  readonly error?: SpaceliftError;
}

/** What makes a member fail in the middle of its deployment, on either target. */
export const faults: readonly Fault[] = [
  {
    package: "kubernetes",
    type: "kubernetes:helm.sh/v3:Release",
    name: "spacelift-release",
    operation: "create",
    message: "pods are not ready",
    times: Infinity,
  },
];

/** Makes members `fleet-<first>` and on, on-premises and on Azure in turn, the latter with images to push. */
export async function membersOf(first: number, count: number, folder: string): Promise<Member[]> {
  const archive = join(folder, "archive.tar.gz");
  await writeFile(archive, await placeholderArchive("v4.0.0"));
  return Array.from({ length: count }, (_, index) => {
    const stack = `fleet-${first + index}`;
    const domain = `${stack}.example.com`;
    const { settings } =
      index % 2 === 0 ? configured({ domain }) : configuredAks({ domain, images: { archive } });
    // Tests write settings as data; the function that takes them checks every one.
    return { stack, settings: settings as SettingsInput };
  });
}

/** Deploys members in worlds of their own, a few at a time, and gives what became of each in the order in which they ended. */
export async function deployFleet(
  members: readonly Member[],
  parallel: number,
  engine: Engine,
  onEnd: (outcome: Outcome) => void = () => undefined,
): Promise<Outcome[]> {
  const waiting = [...members];
  const outcomes: Outcome[] = [];
  const lane = async (): Promise<void> => {
    for (let member = waiting.shift(); member !== undefined; member = waiting.shift()) {
      const outcome = await deploy(member, engine);
      outcomes.push(outcome);
      onEnd(outcome);
    }
  };
  await Promise.all(Array.from({ length: parallel }, lane));
  return outcomes;
}

async function deploy({ stack, settings, faults = [] }: Member, engine: Engine): Promise<Outcome> {
  const started = performance.now();
  const world = await startRehearsal({ engine, faults });
  const ended = (rest: Pick<Outcome, "created" | "error">): Outcome => ({
    stack,
    seconds: (performance.now() - started) / 1000,
    ...rest,
  });
  try {
    const secrets = world.secretsFor(settings);
    const { changes } = await deploySpacelift({ stack, settings, secrets, workspace: world.workspace });
    return ended({ created: changes["create"] ?? 0 });
  } catch (error) {
    if (!(error instanceof SpaceliftError)) throw error;
    return ended({ created: 0, error });
  } finally {
    await world.close();
  }
}
