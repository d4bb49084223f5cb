import { createLogUpdate } from "log-update";
import type { SpaceliftEvent } from "../../automation";
import { errorLines } from "./findings";
import { plainLines } from "./line-reporters";
import { type Reporter, writeLines } from "./reporter";
import { type Paint, treeLines, TreeState } from "./tree";
import { duration, phaseWords } from "./words";

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MS = 120;

/** A terminal. */
export interface LiveTerminal {
  readonly out: NodeJS.WriteStream;
  readonly err: NodeJS.WriteStream;
  readonly paint: Paint;
  /** Whether warnings of checks are told; not where the result lists them all. @default true */
  readonly checks?: boolean;
}

/** Draws what happens at the bottom of a terminal, over and over; what is done with scrolls away above it. */
export function liveReporter({ out, err, paint, checks = true }: LiveTerminal): Reporter {
  const log = createLogUpdate(out);
  let state = new TreeState();
  let began = performance.now();
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;

  const draw = (): void => {
    const now = performance.now() - began;
    log([head(state, now, paint, FRAMES[frame++ % FRAMES.length] ?? ""), ...body(now, FRAMES)].join("\n"));
  };
  const body = (now: number, frames: readonly string[]): readonly string[] => {
    if (state.phase !== "update" && state.phase !== "destroy" && state.phase !== "refresh") return [];
    // A terminal that does not know its size says 0.
    const rows = out.rows > 0 ? out.rows : 24;
    const columns = out.columns > 0 ? out.columns : 80;
    const spinner = frames[frame % frames.length] ?? "";
    return treeLines(state, { now, height: rows - 4, width: columns - 3, spinner, paint }).map(
      (line) => `  ${line}`,
    );
  };
  const endPhase = (now: number): void => {
    if (state.phase === undefined) return;
    const took = paint("dim", duration(now - state.phaseSince));
    log.persist(
      [`${paint("done", "✓")} ${phaseWords[state.phase]}  ${took}`, ...body(now, [" "])].join("\n"),
    );
  };
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
    log.clear();
    log.done();
  };
  const event = (each: SpaceliftEvent): void => {
    if (each.kind === "phase") {
      endPhase(performance.now() - began);
      // Another call has a clock of its own.
      if (state.phase === undefined || each.elapsedMs < state.phaseSince) {
        state = new TreeState();
        began = performance.now() - each.elapsedMs;
      }
    }
    const isTold = each.kind === "message" || each.kind === "plan" || (each.kind === "check" && checks);
    const told = isTold ? plainLines(each) : [];
    if (told.length > 0) log.persist(told.join("\n"));
    state.apply(each);
    timer ??= setInterval(draw, FRAME_MS);
    if (each.kind === "phase") draw();
  };
  return {
    event,
    say: (...lines) => {
      if (timer === undefined) writeLines(out, lines);
      else log.persist(lines.join("\n"));
    },
    pause: stop,
    result: ({ lines }) => {
      if (timer !== undefined) endPhase(performance.now() - began);
      stop();
      writeLines(out, lines);
    },
    failure: (error) => {
      const left = timer === undefined ? [] : body(performance.now() - began, [" "]);
      stop();
      writeLines(out, left);
      writeLines(err, errorLines(error));
    },
  };
}

/** The line above the tree: what goes on, how far it is and how long it takes. */
function head(state: TreeState, now: number, paint: Paint, spinner: string): string {
  const { phase, phaseSince, done, total, checks } = state;
  if (phase === undefined) return "";
  const progress =
    phase === "preflight"
      ? `${checks} checked`
      : done === 0
        ? ""
        : total === undefined
          ? `${done} resources`
          : `${bar(done, total)} ${done} of ${total}`;
  return [paint("running", spinner), phaseWords[phase], progress, duration(Math.max(0, now - phaseSince))]
    .filter((part) => part !== "")
    .join("  ");
}

const BAR_WIDTH = 24;

function bar(done: number, total: number): string {
  const filled = Math.min(BAR_WIDTH, Math.round((done / Math.max(1, total)) * BAR_WIDTH));
  return `${"█".repeat(filled)}${"░".repeat(BAR_WIDTH - filled)}`;
}
