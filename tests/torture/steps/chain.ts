import type { Engine } from "../../../engine";
import type { Case } from "./cases";
import { type StepFault, StepFaults } from "./faults";
import { Installation, type Phase, type Runner } from "./installation";

/** What a chain of failing runs came to. */
export interface ChainResult {
  /** Keys of the operations that failed once. */
  readonly struck: readonly string[];
  /** What was not survived; without keys when it cannot be said which of them it was. */
  readonly failure?: { readonly keys: readonly string[] | undefined; readonly text: string };
}

/** What an installation without faults does in a phase, and leaves. */
export interface Reference {
  readonly operations: Installation["operations"];
  readonly inventory: readonly string[];
}

/**
 * Runs a phase without faults.
 *
 * @param isJudged whether it is looked after whether all is as it must be; another experiment may have done so
 */
export async function referenceOf(
  subject: Case,
  phase: Phase,
  engine: Engine,
  { isJudged = true }: { readonly isJudged?: boolean } = {},
): Promise<Reference> {
  const installation = await Installation.open(subject, phase, engine);
  try {
    const refused = await installation.run("pulumi");
    if (refused !== undefined) throw new Error(`${subject.name}, ${phase}: ${refused}`);
    const operations = [...installation.operations];
    const inventory = installation.inventory();
    const complaint = isJudged ? await installation.complaint(inventory) : undefined;
    if (complaint !== undefined) throw new Error(`${subject.name}, ${phase}, without faults: ${complaint}`);
    return { operations, inventory };
  } finally {
    await installation.close();
  }
}

export interface ChainOptions {
  readonly engine: Engine;
  readonly runner: Runner;
  readonly reference: Reference;
  /** Tells when no further fault is to be tried. */
  readonly isOver: () => boolean;
}

/**
 * Runs a phase again and again until nothing fails any more, and looks whether all is as without faults: every failing run
 * must have met a fault that no run before it had met.
 */
export async function runChain(
  subject: Case,
  phase: Phase,
  faults: ReadonlyMap<string, StepFault>,
  { engine, runner, reference, isOver }: ChainOptions,
): Promise<ChainResult> {
  const installation = await Installation.open(subject, phase, engine);
  const source = new StepFaults(faults, installation.end);
  const struck: string[] = [];
  try {
    await installation.sabotage(source);
    for (;;) {
      if (isOver()) source.spareTheRest();
      source.begin();
      const said = await installation.run(runner);
      struck.push(...source.struck);
      if (source.hasEnded) await installation.recover();
      if (said === undefined) break;
      if (source.struck.length === 0) return { struck, failure: { keys: blamed(said, struck), text: said } };
    }
    const text = await installation.complaint(reference.inventory);
    return text === undefined ? { struck } : { struck, failure: { keys: undefined, text } };
  } finally {
    await installation.close();
  }
}

/** The operations whose resources an error names, if it names any. */
function blamed(said: string, struck: readonly string[]): readonly string[] | undefined {
  const named = struck.filter((key) => said.includes(`${key.split(" ")[1] ?? ""}:`));
  return named.length === 0 ? undefined : named;
}
