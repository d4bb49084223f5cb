import { readFileSync } from "node:fs";
import { z } from "zod";
import { SpaceliftError } from "../../automation";
import type { Answers } from "./answers";

const shape = z.record(z.string(), z.json());

/**
 * Reads answers from a JSON file, or from standard input with `-`: the way for secrets of a pipeline, which must be in no
 * argument.
 *
 * @throws SpaceliftError `SPACELIFT_OPTIONS_INVALID`
 */
export function readAnswers(file: string): Answers {
  const name = file === "-" ? "standard input" : `"${file}"`;
  const wrong = (problem: string): SpaceliftError =>
    new SpaceliftError("SPACELIFT_OPTIONS_INVALID", `the answers in ${name} ${problem}`, {
      fix: 'give one JSON object: {"target": "aks", "domain": "spacelift.example.com", …}, with paths as keys',
    });
  let text: string;
  try {
    text = readFileSync(file === "-" ? 0 : file, "utf8");
  } catch {
    throw wrong("cannot be read");
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    // The parser's words quote the text, which holds secrets.
    throw wrong("are no JSON");
  }
  const answers = shape.safeParse(content);
  if (!answers.success) throw wrong("are no object");
  return answers.data;
}
