import type { SpaceliftEvent } from "../../automation";

/** What a command came to. */
export interface Outcome {
  /** Name of the command. */
  readonly command: string;
  /** For machines: becomes fields of the last line. */
  readonly value: object;
  /** For people. */
  readonly lines: readonly string[];
}

/** Where a command tells what happens: a live tree, plain lines, or JSON. */
export interface Reporter {
  /** Takes what happens during an operation. */
  event(event: SpaceliftEvent): void;
  /** Lines for people, now. */
  say(...lines: readonly string[]): void;
  /** Takes what is live off the terminal, so that a question can be asked. */
  pause(): void;
  /** The last word of a command that did what it was asked for. */
  result(outcome: Outcome): void;
  /** The last word of one that did not: a `SpaceliftError`, or anything else when there is a bug. */
  failure(error: unknown): void;
}

/** A stream that lines are written to. */
export interface LineStream {
  write(text: string): unknown;
}

/** Writes lines to a stream. */
export const writeLines = (stream: LineStream, lines: readonly string[]): void => {
  if (lines.length > 0) stream.write(`${lines.join("\n")}\n`);
};
