import { parseArgs } from "node:util";
import { ensureEngine } from "../../engine";
import { version } from "../../package.json";
import { experiments } from "./experiments";
import { reliabilityPage, type Result, unexpected, writeReliability } from "./report";
import { runExperiment } from "./run-experiment";

/** Time for everything: what is not tried by then is left out, and the page says so. */
const MINUTES = 240;

/**
 * `npm run torture [-- NAME... --seed N --only TEXT --minutes M]`: breaks everything, or what is named, and writes
 * docs/reliability.md when nothing was left out by the command line.
 */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seed: { type: "string" }, only: { type: "string" }, minutes: { type: "string" } },
  });
  const seed = Number(values.seed ?? Math.trunc(Math.random() * 2 ** 31));
  const names = positionals.length > 0 ? positionals : Object.keys(experiments);
  const engine = await ensureEngine({ onProgress: console.log });
  console.log(`seed ${seed}`);
  const end = performance.now() + Number(values.minutes ?? MINUTES) * 60_000;
  const results: Result[] = [];
  for (const [index, name] of names.entries()) {
    const experiment = experiments[name];
    if (experiment === undefined)
      throw new Error(`no experiment "${name}": there are ${Object.keys(experiments).join(", ")}`);
    // What one leaves of its share is for those that follow.
    const share = (end - performance.now()) / (names.length - index);
    const over = performance.now() + share;
    results.push(
      await runExperiment(experiment, {
        seed,
        scope: "whole",
        only: values.only,
        engine,
        isOver: () => performance.now() > over,
        say: console.log,
      }),
    );
  }
  const failed = results.flatMap(({ outcomes }) => unexpected(outcomes));
  if (positionals.length === 0 && values.only === undefined) {
    const date = new Date().toISOString().slice(0, 10);
    await writeReliability(reliabilityPage(results, { date, engine: engine.version, seed, version }));
  }
  if (failed.length > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
  process.exitCode = 1;
  console.error(error);
});
