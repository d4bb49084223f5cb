import { confirm as askToConfirm, isCancel, password, select, text } from "@clack/prompts";
import { SpaceliftError } from "../automation";

/** Says what is wrong with an answer; undefined when nothing is. */
export type Validate = (answer: string) => string | undefined;

/** Questions to the person at the terminal. Each rejects with `SPACELIFT_CANCELLED` when it is left with Ctrl-C. */
export interface Ask {
  text(
    question: string,
    options?: { readonly initial?: string; readonly validate?: Validate },
  ): Promise<string>;
  /** Does not show what is typed. */
  secret(question: string, validate?: Validate): Promise<string>;
  choice(question: string, options: readonly string[], initial?: string): Promise<string>;
  confirm(question: string): Promise<boolean>;
}

/** Asks at the terminal of this process. */
export const terminalAsk: Ask = {
  text: async (message, { initial, validate } = {}) =>
    answered(
      await text({
        message,
        ...(initial !== undefined && { initialValue: initial }),
        ...(validate && { validate: (value) => validate(value ?? "") }),
      }),
    ),
  secret: async (message, validate) =>
    answered(await password({ message, ...(validate && { validate: (value) => validate(value ?? "") }) })),
  choice: async (message, options, initial) =>
    answered(
      await select({
        message,
        options: options.map((value) => ({ value, label: value })),
        ...(initial !== undefined && { initialValue: initial }),
      }),
    ),
  confirm: async (message) => answered(await askToConfirm({ message, initialValue: false })),
};

function answered<T>(answer: T): Exclude<T, symbol> {
  // What no symbol is, is the answer.
  if (!isCancel(answer)) return answer as Exclude<T, symbol>;
  throw new SpaceliftError("SPACELIFT_CANCELLED", "the question was not answered", {
    fix: "run it again",
  });
}
