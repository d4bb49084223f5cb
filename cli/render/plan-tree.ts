import type { PlannedStep } from "../../automation";

/** What becomes of a resource, in one word, whatever number of steps it takes. */
type Outcome = "create" | "update" | "replace" | "delete" | "read" | "same";

const SIGNS: Readonly<Record<Outcome, string>> = {
  create: "+",
  update: "~",
  replace: "±",
  delete: "-",
  read: ">",
  same: " ",
};

const REPLACING = /^replace$|-replaced$|-replacement$/;

interface Node {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly parent: string;
  readonly outcome: Outcome;
  /** Properties that differ, or that make it a replacement. */
  readonly because: readonly string[];
}

/** Draws a plan as a tree by parent, one line for each resource; branches in which nothing changes are left out. */
export function planTree(steps: readonly PlannedStep[]): readonly string[] {
  const nodes = nodesOf(steps);
  const children = new Map<string, Node[]>();
  for (const node of nodes.values()) {
    // A deleted or untouched parent may have no step of its own.
    const parent = nodes.has(node.parent) ? node.parent : "";
    children.set(parent, [...(children.get(parent) ?? []), node]);
  }
  const changes = (node: Node): boolean =>
    node.outcome !== "same" || (children.get(node.urn) ?? []).some(changes);
  const draw = (parent: string, indent: string): readonly string[] =>
    (children.get(parent) ?? [])
      .filter(changes)
      .sort((a, b) => a.type.localeCompare(b.type) || a.name.localeCompare(b.name))
      .flatMap((node, index, shown) => {
        const isLast = index === shown.length - 1;
        const [branch, below] = parent === "" ? ["", ""] : isLast ? ["└─ ", "   "] : ["├─ ", "│  "];
        const why = node.because.length > 0 ? `  (${node.because.join(", ")})` : "";
        return [
          `${SIGNS[node.outcome]} ${indent}${branch}${node.name}  ${node.type}${why}`,
          ...draw(node.urn, `${indent}${below}`),
        ];
      });
  return draw("", "");
}

function nodesOf(steps: readonly PlannedStep[]): ReadonlyMap<string, Node> {
  const byUrn = new Map<string, PlannedStep[]>();
  for (const step of steps) byUrn.set(step.resource.urn, [...(byUrn.get(step.resource.urn) ?? []), step]);
  return new Map(
    [...byUrn].map(([urn, own]) => {
      const outcome = outcomeOf(own.map(({ operation }) => operation));
      const reasons = own.flatMap(({ diffs, replaceKeys }) =>
        outcome === "replace" ? (replaceKeys ?? []) : outcome === "update" ? (diffs ?? []) : [],
      );
      const [{ resource }] = own as [PlannedStep];
      return [urn, { ...resource, outcome, because: [...new Set(reasons)] }];
    }),
  );
}

function outcomeOf(operations: readonly string[]): Outcome {
  const has = (...wanted: readonly string[]): boolean => operations.some((each) => wanted.includes(each));
  if (operations.some((each) => REPLACING.test(each))) return "replace";
  if (has("create", "import")) return "create";
  if (has("delete", "discard")) return "delete";
  if (has("update")) return "update";
  return has("read") ? "read" : "same";
}
