import type { Step } from "../summary";

/** What became of a resource, in one word, whatever number of steps it took. */
export type Fate = "create" | "update" | "replace" | "delete" | "read" | "same" | "failed";

/** The sign each fate has in a tree. */
export const FATE_SIGNS: Readonly<Record<Fate, string>> = {
  create: "+",
  update: "~",
  replace: "±",
  delete: "-",
  read: ">",
  same: " ",
  failed: "!",
};

/** Sums the steps of one resource up: a failure outweighs all, a replacement its parts. */
export function fateOf(steps: readonly Step[]): Fate {
  if (steps.some(({ failed }) => failed)) return "failed";
  const ops = new Set(steps.map(({ op }) => op));
  const replacing = [
    "replace",
    "create-replacement",
    "delete-replaced",
    "import-replacement",
    "read-replacement",
  ];
  if (replacing.some((op) => ops.has(op))) return "replace";
  if (ops.has("create") || ops.has("import")) return "create";
  if (ops.has("delete") || ops.has("discard")) return "delete";
  if (ops.has("update")) return "update";
  return ops.has("read") ? "read" : "same";
}
