import { SpaceliftError, type SpaceliftEvent } from "../../automation";
import { progressLine } from "../../images/progress";
import { exitCodeOf, UNEXPECTED } from "../exit-codes";
import { BUG_FIX, errorLines, fixOf } from "./findings";
import { type LineStream, type Reporter, writeLines } from "./reporter";
import { counts, duration, isUneventful, operationWords, phaseWords, shortType, usual } from "./words";

/** Where lines for people go. */
export interface PlainStreams {
  readonly out: LineStream;
  readonly err: LineStream;
  /** Whether events are told. @default true */
  readonly events?: boolean;
  /** Whether events of checks are told; not where the result lists them all. @default true */
  readonly checks?: boolean;
}

/** Writes plain lines, as logs and pipes want them. */
export function plainReporter({ out, err, events = true, checks = true }: PlainStreams): Reporter {
  return {
    event: (event) => {
      if (events && (checks || event.kind !== "check")) writeLines(out, plainLines(event));
    },
    say: (...lines) => {
      writeLines(out, lines);
    },
    pause: () => undefined,
    result: ({ lines }) => {
      writeLines(out, lines);
    },
    failure: (error) => {
      writeLines(err, errorLines(error));
    },
  };
}

/** Writes one JSON object per line and nothing else: every event, and last the result or the error. */
export function jsonReporter(stream: LineStream): Reporter {
  const line = (value: object): void => {
    writeLines(stream, [JSON.stringify(value)]);
  };
  return {
    event: line,
    say: () => undefined,
    pause: () => undefined,
    result: ({ command, value }) => {
      line({ kind: "result", command, ...value });
    },
    failure: (error) => {
      line(errorObject(error));
    },
  };
}

/** An error for machines. */
function errorObject(error: unknown): object {
  if (!(error instanceof SpaceliftError)) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: "error", code: "INTERNAL", exitCode: UNEXPECTED, message, fix: BUG_FIX };
  }
  const { code, message, problems, failures, checks, locks } = error;
  return {
    kind: "error",
    code,
    exitCode: exitCodeOf[code],
    message,
    fix: fixOf(error),
    ...(problems.length > 0 && { problems }),
    ...(failures.length > 0 && { failures }),
    ...(checks.length > 0 && { checks }),
    ...(locks.length > 0 && { locks }),
  };
}

/**
 * Words an event as lines for logs and pipes: what began, what was done and how long it took, and what is being waited
 * for. Resources that stay as they are give no line.
 */
export function plainLines(event: SpaceliftEvent): readonly string[] {
  const at = (text: string): string => `[${duration(event.elapsedMs).padStart(7)}] ${text}`;
  switch (event.kind) {
    case "phase":
      return [at(phaseWords[event.phase])];
    case "check": {
      const { status, title, reason } = event.check;
      // What failed is in the error, with what to do about it.
      return status === "warning" ? [at(`${status}: ${title}: ${reason}`)] : [];
    }
    case "plan":
      return [at(`plan: ${counts(event.changes, true)}`)];
    case "resource": {
      const { status, operation, resource, done, total, durationMs } = event;
      const { sign, done: word, now } = operationWords(operation);
      const what = `${resource.name}  ${resource.type}`;
      if (status === "failed") return [at(`! ${now} failed: ${what}`)];
      if (status !== "done" || isUneventful(operation)) return [];
      const position = total === undefined ? String(done) : `${done}/${total}`;
      const took = durationMs === undefined ? "" : `  ${duration(durationMs)}`;
      return [at(`${position.padStart(7)}  ${sign} ${word} ${what}${took}`)];
    }
    case "push":
      return [at(progressLine(event))];
    case "waiting":
      return event.waitingFor.map(({ name, type, operation, sinceMs, why, usualMs }) => {
        const reason = why === undefined ? "" : `: ${why}`;
        const times = usualMs === undefined ? "" : ` (${usual(usualMs)})`;
        const { now } = operationWords(operation);
        return at(`waiting, ${duration(sinceMs)} ${now} ${name} (${shortType(type)})${reason}${times}`);
      });
    case "message": {
      const about = event.resource === undefined ? "" : `${event.resource.name}: `;
      const level = event.severity === "info" ? "" : `${event.severity}: `;
      return `${level}${about}${event.message}`.split("\n").map(at);
    }
  }
}
