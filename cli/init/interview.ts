import type { Ask } from "../ask";
import { type Answers, isAnswered, problemOf } from "./answers";
import { type Question, questions } from "./questions";

/** Asks what is not answered yet, each answer checked by the rules of the program. */
export async function interview(given: Answers, ask: Ask): Promise<Answers> {
  let answers = given;
  for (const question of questions) {
    const { key, when } = question;
    if (isAnswered(key, answers) || when?.(answers) === false) continue;
    const answer = await put(question, answers, ask);
    if (answer !== undefined) answers = { ...answers, [key]: answer };
  }
  return answers;
}

async function put(question: Question, answers: Answers, ask: Ask): Promise<unknown> {
  const { key, kind, text, choices = [], initial, optional = false } = question;
  const parse = (answer: string): unknown =>
    kind === "list"
      ? answer
          .split(",")
          .map((each) => each.trim())
          .filter((each) => each !== "")
      : answer;
  const validate = (answer: string): string | undefined => {
    if (answer.trim() === "") return optional ? undefined : "is needed";
    return problemOf(key, parse(answer), answers);
  };
  switch (kind) {
    case "choice":
      return ask.choice(text, choices);
    case "secret":
      return ask.secret(text, validate);
    case "text":
    case "list": {
      const start = initial?.(answers);
      const answer = await ask.text(text, { validate, ...(start !== undefined && { initial: start }) });
      return answer.trim() === "" ? undefined : parse(answer);
    }
  }
}
