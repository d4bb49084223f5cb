import { join } from "node:path";
import { z } from "zod";
import type { Engine } from "../../../engine";
import { shuffled } from "../experiment";
import type { Reference } from "../steps/chain";
import type { Case } from "../steps/cases";
import { Installation, type Phase, type Runner } from "../steps/installation";
import { call, notDone } from "./commands";
import { type Family, runs, spread, tryOf } from "./family";

const HOUR_MS = 3_600_000;

/** How far the clock is set, forward and back. */
const jumps: Readonly<Record<string, number>> = {
  "3 hours forward": 3 * HOUR_MS,
  "3 hours back": -3 * HOUR_MS,
  "400 days forward": 400 * 24 * HOUR_MS,
  "400 days back": -400 * 24 * HOUR_MS,
};

/** How long after the start of a process: before it has loaded, while it works, and when most is done. */
const moments: Readonly<Record<string, number>> = {
  "from the start": 0,
  "after 3 s": 3_000,
  "after 8 s": 8_000,
};

/** What is told of a run's time may be off by so much. */
const SLACK_MS = 5_000;

const timed = z.looseObject({ elapsedMs: z.number().optional(), durationMs: z.number().optional() });

interface Jump {
  readonly subject: Case;
  readonly phase: Phase;
  readonly runner: Runner;
  readonly offsetMs: number;
  readonly afterMs: number;
}

/** Sets the clock during a run; says what was not as it must be. */
async function runWithJump(
  { subject, phase, runner, offsetMs, afterMs }: Jump,
  reference: Reference,
  engine: Engine,
): Promise<string | undefined> {
  const installation = await Installation.open(subject, phase, engine);
  try {
    const began = performance.now();
    const result = await call(installation, runner, phase, {
      env: {
        NODE_OPTIONS: `--require=${join(__dirname, "clock-shim.cjs")}`,
        SPACELIFT_TORTURE_CLOCK: `${offsetMs} ${afterMs}`,
      },
    });
    const took = performance.now() - began;
    return (
      notDone("the run", result) ??
      (runner === "spacelift" ? wrongTimes(result.stdout, took) : undefined) ??
      (await installation.complaint(reference.inventory))
    );
  } finally {
    await installation.close();
  }
}

/** Times that a run cannot have taken. */
function wrongTimes(stdout: string, tookMs: number): string | undefined {
  for (const line of stdout.split("\n").filter((each) => each.startsWith("{"))) {
    const { elapsedMs = 0, durationMs = 0 } = timed.parse(JSON.parse(line));
    const isPossible = [elapsedMs, durationMs].every((ms) => ms >= 0 && ms <= tookMs + SLACK_MS);
    if (!isPossible) return `tells a time that it cannot have taken: ${line.slice(0, 300)}`;
  }
  return undefined;
}

/** Runs during which the clock is set. */
export const clockJumps: Family = (trial, ground) => {
  const all = runs.flatMap((run) =>
    Object.entries(jumps).flatMap(([far, offsetMs]) =>
      Object.entries(moments).map(([when, afterMs]) => ({ ...run, offsetMs, afterMs, far, when })),
    ),
  );
  const tries = spread(shuffled(all, trial.seed)).flatMap(({ far, when, ...jump }) =>
    tryOf(
      trial,
      `clock set ${far}`,
      `${jump.subject.name}, ${jump.phase}, ${jump.runner}, ${when}`,
      async () => runWithJump(jump, await ground.reference(jump.subject, jump.phase), trial.engine),
    ),
  );
  return trial.scope === "short" ? [] : tries;
};
