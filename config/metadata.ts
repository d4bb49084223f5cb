import { z } from "zod";

// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set, which the page on
// annotations repeats for their keys. Of annotations, the API server compares keys without regard to case.
const name = "[A-Za-z0-9](?:[\\w.-]{0,61}[A-Za-z0-9])?";
const domain = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*";
const qualified = (flags: string): RegExp => new RegExp(`^(?:(?=[^/]{1,253}/)${domain}/)?${name}$`, flags);

const expected = "letters, digits and `-_.`, at most 63, behind a domain and `/` if there is one";

/** Annotations of Kubernetes: a map of strings. */
export const annotations = z.record(
  z.string().regex(qualified("i"), `must be the name of an annotation: ${expected}`),
  z.string(),
);

/** Labels of Kubernetes. */
export const labels = z.record(
  z.string().regex(qualified(""), `must be the name of a label: ${expected}`),
  z
    .string()
    .regex(
      new RegExp(`^(?:${name})?$`),
      "must be the value of a label: at most 63 letters, digits and `-_.`, a letter or digit first and last",
    ),
);
