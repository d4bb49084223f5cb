import type { NameRule } from "../arm/definition";

/** What the name of a zone must be like. */
export const ZONE_NAME: NameRule = {
  pattern: /^([a-zA-Z0-9_]([\w-]{0,61}[a-zA-Z0-9_])?\.)+[a-zA-Z0-9]([\w-]{0,61}[a-zA-Z0-9])?$/,
  min: 3,
  max: 253,
  words: "labels of at most 63 letters, digits and hyphens, joined by periods",
};
