import { SpaceliftError } from "../../automation";
import { exitCodeOf, UNEXPECTED } from "../exit-codes";
import { BUG_FIX, fixOf } from "./error-lines";
import { type LineStream, type Reporter, writeLines } from "./reporter";

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
