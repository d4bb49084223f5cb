import { errorLines } from "./error-lines";
import { plainLines } from "./plain";
import { type LineStream, type Reporter, writeLines } from "./reporter";

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
