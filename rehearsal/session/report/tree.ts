import type { Step } from "../summary";
import { type Fate, FATE_SIGNS, fateOf } from "./fate";

/** Colours a piece of text by what became of the resource. */
export type Paint = (fate: Fate, text: string) => string;

interface Node {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly parent: string;
  readonly fate: Fate;
  readonly because: readonly string[];
}

/** Draws the resources as a tree by parent, one line each; branches in which all is as it was are left out. */
export function resourceTree(steps: readonly Step[], paint: Paint = (_, text) => text): string[] {
  const nodes = nodesOf(steps);
  const children = new Map<string, Node[]>();
  for (const node of nodes.values()) {
    // A deleted or untouched parent may have no step of its own.
    const parent = nodes.has(node.parent) ? node.parent : "";
    children.set(parent, [...(children.get(parent) ?? []), node]);
  }
  const touched = (node: Node): boolean =>
    node.fate !== "same" || (children.get(node.urn) ?? []).some(touched);
  const lines: string[] = [];
  const draw = (parent: string, indent: string): void => {
    const shown = (children.get(parent) ?? []).filter(touched).sort(byName);
    shown.forEach((node, index) => {
      const last = index === shown.length - 1;
      const top = parent === "";
      const branch = top ? "" : last ? "└─ " : "├─ ";
      const why = node.because.length > 0 ? `  (${node.because.join(", ")})` : "";
      lines.push(
        `${paint(node.fate, FATE_SIGNS[node.fate])} ${indent}${branch}${paint(node.fate, node.name)}  ${node.type}${why}`,
      );
      draw(node.urn, top ? indent : `${indent}${last ? "   " : "│  "}`);
    });
  };
  draw("", "");
  return lines;
}

function nodesOf(steps: readonly Step[]): Map<string, Node> {
  const byUrn = new Map<string, Step[]>();
  for (const step of steps) byUrn.set(step.urn, [...(byUrn.get(step.urn) ?? []), step]);
  return new Map(
    [...byUrn].flatMap(([urn, own]) => {
      const [first] = own;
      if (first === undefined) return [];
      const fate = fateOf(own);
      const { type, name, parent } = first;
      const reasons =
        fate === "replace"
          ? own.flatMap((step) => step.replaceKeys ?? [])
          : own.flatMap((step) => step.diffs ?? []);
      const because = fate === "replace" || fate === "update" ? [...new Set(reasons)] : [];
      return [[urn, { urn, type, name, parent, fate, because }] as const];
    }),
  );
}

function byName(one: Node, other: Node): number {
  return one.type.localeCompare(other.type) || one.name.localeCompare(other.name);
}
