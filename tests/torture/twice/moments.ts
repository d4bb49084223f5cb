import type { Attempt, FaultSource, FaultStage } from "../../../rehearsal/twins";
import type { Phase, Runner } from "../steps/installation";

/** When something happens to a run. */
export type Moment =
  /** As soon as its process is there. */
  | { readonly name: string; readonly at: "start" }
  /** When it says something. */
  | { readonly name: string; readonly at: "line"; readonly says: RegExp }
  /** When so many of the phase's operations have begun, as a share, in this run and those before it. */
  | { readonly name: string; readonly at: "operation"; readonly share: number }
  /** While an image is pushed. */
  | { readonly name: string; readonly at: "push" };

const says = (name: string, pattern: RegExp): Moment => ({ name, at: "line", says: pattern });
const phase = (word: string): RegExp => new RegExp(`"kind":"phase","phase":"${word}"`);

const START: Moment = { name: "when it has started", at: "start" };
const PUSH: Moment = { name: "while an image is pushed", at: "push" };

/** What comes before the first operation, and after the last one, in the order in which it comes. */
const around: Readonly<
  Record<Runner, Readonly<Record<"install" | "remove", readonly [readonly Moment[], Moment]>>>
> = {
  spacelift: {
    install: [
      [
        START,
        says("while the configuration is judged", phase("configuration")),
        says("while the state is opened", phase("workspace")),
        says("while the program is loaded", phase("preview")),
        says("when the plan is made", /"kind":"plan"/),
        says("when the update begins", phase("update")),
      ],
      says("when the last operation is done", phase("outputs")),
    ],
    remove: [
      [
        START,
        says("while the state is opened", phase("workspace")),
        says("when the destroy begins", phase("destroy")),
      ],
      says("when the last operation is done", /"status":"done".*"operation":"delete"[^\n]*"urn:[^"]*Stack/),
    ],
  },
  pulumi: {
    install: [
      [
        START,
        says("while the program is loaded", /preludeEvent/),
        says("when the first resource is registered", /resourcePreEvent/),
      ],
      says("when the last operation is done", /summaryEvent/),
    ],
    remove: [
      [START, says("when the destroy begins", /preludeEvent/)],
      says("when the last operation is done", /summaryEvent/),
    ],
  },
};

/**
 * Moments of a run, from its start to its end.
 *
 * @param chance numbers from 0 up to 1
 */
export function momentsOf(runner: Runner, of: Phase, count: number, chance: () => number): readonly Moment[] {
  const [fixed, after] = around[runner][of === "remove" ? "remove" : "install"];
  const before = of === "remove" ? fixed : [...fixed, PUSH];
  const free = Math.max(1, count - before.length - 1);
  const among = Array.from({ length: free }, (_, index): Moment => {
    const share = (index + chance()) / free;
    return { name: `at ${Math.round(share * 100)} % of the operations`, at: "operation", share };
  });
  return [...before, ...among, after];
}

/** A push takes a process and some requests. */
const INTO_PUSH_MS = 400;

/** Waits for a moment of a run, by all that is seen of it from outside. */
export class MomentWatch implements FaultSource {
  private begun = 0;
  private moment: Moment | undefined;
  private onMoment: () => void = () => undefined;

  /** @param operations how many a phase has */
  constructor(private readonly operations: number) {}

  /** Waits for another moment; nothing happens any more at the one before. */
  await(moment: Moment | undefined, onMoment: () => void): void {
    this.moment = moment;
    this.onMoment = onMoment;
  }

  strike({ type, operation }: Attempt, stage: FaultStage): void {
    if (stage !== "before") return;
    this.begun += 1;
    const { moment } = this;
    if (moment?.at === "operation" && this.begun > moment.share * this.operations) this.hit(moment);
    else if (moment?.at === "push" && type === "command:local:Command" && operation === "create")
      setTimeout(() => {
        this.hit(moment);
      }, INTO_PUSH_MS);
  }

  started(): void {
    if (this.moment?.at === "start") this.hit(this.moment);
  }

  said(line: string): void {
    if (this.moment?.at === "line" && this.moment.says.test(line)) this.hit(this.moment);
  }

  private hit(moment: Moment): void {
    if (this.moment !== moment) return;
    this.moment = undefined;
    this.onMoment();
  }
}
