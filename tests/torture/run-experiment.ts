import type { Experiment, Outcome, Trial } from "./experiment";
import type { Result } from "./report";

/** Runs one experiment to its end, or to that of its time, and says what was not survived. */
export async function runExperiment(experiment: Experiment, trial: Trial): Promise<Result> {
  const began = performance.now();
  const outcomes: Outcome[] = [];
  let isCut = false;
  trial.say(experiment.title);
  const isOver = (): boolean => {
    isCut ||= trial.isOver();
    return isCut;
  };
  for await (const outcome of experiment.run({ ...trial, isOver })) {
    outcomes.push(outcome);
    const { kind, subject, failure, exception } = outcome;
    if (failure === undefined) continue;
    const known = exception === undefined ? "" : ` (known: ${exception})`;
    trial.say(`  not survived: ${kind}, ${subject}${known}\n    ${failure.replaceAll("\n", "\n    ")}`);
  }
  const minutes = (performance.now() - began) / 60_000;
  const survived = outcomes.filter(({ failure }) => failure === undefined).length;
  trial.say(`  ${survived} of ${outcomes.length} survived, ${minutes.toFixed(1)} min`);
  return { experiment, outcomes, minutes, isCut };
}
