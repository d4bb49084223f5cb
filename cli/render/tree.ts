import type { PendingResource, Phase, SpaceliftEvent } from "../../automation";
import { amount } from "../../images/progress";
import { duration, isUneventful, operationWords, shortType, usual } from "./words";

/** A resource of a running operation. */
interface TreeNode {
  readonly urn: string;
  readonly name: string;
  readonly type: string;
  readonly parent: string;
  readonly operation: string;
  readonly status: "planned" | "running" | "done" | "failed";
  /** Milliseconds since the call began, when the operation began. */
  readonly since: number;
  /** How long it took; undefined until it is done. */
  readonly durationMs?: number;
}

/** What is known while an operation runs, folded from its events. */
export class TreeState {
  private readonly byUrn = new Map<string, TreeNode>();
  private readonly slow = new Map<string, PendingResource>();
  private readonly pushes = new Map<string, string>();

  /** The phase that goes on. */
  phase: Phase | undefined;
  /** When it began, in milliseconds since the call began. */
  phaseSince = 0;
  /** How many resources are done with, and how many there are. */
  done = 0;
  total: number | undefined;
  /** How many checks have a result. */
  checks = 0;

  /** Every resource that is changed, by URN. */
  get nodes(): ReadonlyMap<string, TreeNode> {
    return this.byUrn;
  }

  /** Why a resource takes its time, as far as that is known. */
  slowness(urn: string): PendingResource | undefined {
    return this.slow.get(urn);
  }

  /** How far the push of an image is, as far as that is known. */
  pushed(urn: string): string | undefined {
    return this.pushes.get(urn);
  }

  /** Takes an event. */
  apply(event: SpaceliftEvent): void {
    if (event.kind === "phase") {
      this.phase = event.phase;
      this.phaseSince = event.elapsedMs;
      this.done = 0;
      this.total = undefined;
    }
    if (event.kind === "check") this.checks++;
    if (event.kind === "waiting") for (const each of event.waitingFor) this.slow.set(each.urn, each);
    if (event.kind === "push") this.pushes.set(event.resource.urn, amount(event));
    if (event.kind !== "resource") return;
    const { resource, operation, status, elapsedMs, durationMs, done, total } = event;
    this.done = done;
    this.total = total;
    const before = this.byUrn.get(resource.urn);
    // A component's outputs come as `same` after its creation.
    if (before !== undefined && before.status !== "planned" && operation === "same") return;
    this.byUrn.set(resource.urn, {
      urn: resource.urn,
      name: resource.name,
      type: resource.type,
      parent: resource.parent,
      operation,
      status: status === "started" ? "running" : status,
      since: status === "started" ? elapsedMs : (before?.since ?? elapsedMs),
      ...(durationMs !== undefined && { durationMs }),
    });
  }
}

/** How a tree is drawn. */
export interface TreeStyle {
  /** Milliseconds since the call began. */
  readonly now: number;
  /** At most this many lines. */
  readonly height: number;
  /** At most this many columns. */
  readonly width: number;
  /** Sign of what is under way. */
  readonly spinner: string;
  readonly paint: Paint;
}

/** Colours a piece of text by what it says. */
export type Paint = (kind: "done" | "running" | "failed" | "dim", text: string) => string;

interface Tally {
  readonly done: number;
  readonly all: number;
  readonly running: number;
  readonly failed: number;
  readonly until: number;
}

/**
 * Draws what an operation has come to: a component that is done with, or has not begun, is one line; of one that is under
 * way, the resources in flight are shown with the time they take and the reason.
 */
export function treeLines(state: TreeState, style: TreeStyle): readonly string[] {
  const nodes = new Map([...state.nodes].filter(([, node]) => isShown(node, state)));
  const children = childrenOf(nodes, state);
  const lines: string[] = [];
  const draw = (parent: string, indent: string): void => {
    for (const node of children.get(parent) ?? []) {
      const own = children.get(node.urn) ?? [];
      if (own.length === 0) {
        if (parent === "" || node.status === "running" || node.status === "failed")
          lines.push(leaf(node, state, style, indent));
        continue;
      }
      const tally = tallyOf(node, children);
      lines.push(branch(node, tally, style, indent));
      if (tally.running > 0 || tally.failed > 0) draw(node.urn, `${indent}  `);
    }
  };
  draw("", "");
  const room = Math.max(1, style.height);
  const cut =
    lines.length <= room ? lines : [...lines.slice(0, room - 1), `  … ${lines.length - room + 1} more`];
  return cut.map((line) => clip(line, style.width));
}

/** During an update the plan says what is to come; resources that stay as they are only hold the tree together. */
const isShown = (node: TreeNode, state: TreeState): boolean =>
  !isUneventful(node.operation) ||
  node.status === "running" ||
  [...state.nodes.values()].some(
    (other) => other.parent === node.urn && (!isUneventful(other.operation) || isShown(other, state)),
  );

function childrenOf(
  nodes: ReadonlyMap<string, TreeNode>,
  state: TreeState,
): ReadonlyMap<string, readonly TreeNode[]> {
  const children = new Map<string, TreeNode[]>();
  for (const node of nodes.values()) {
    const parent = state.nodes.has(node.parent) ? node.parent : "";
    children.set(parent, [...(children.get(parent) ?? []), node]);
  }
  return children;
}

function tallyOf(node: TreeNode, children: ReadonlyMap<string, readonly TreeNode[]>): Tally {
  const own = children.get(node.urn) ?? [];
  // A component is registered at once: what counts are the resources in it.
  if (own.length === 0) {
    return {
      all: isUneventful(node.operation) ? 0 : 1,
      done: node.status === "done" && !isUneventful(node.operation) ? 1 : 0,
      running: node.status === "running" ? 1 : 0,
      failed: node.status === "failed" ? 1 : 0,
      until: node.since + (node.durationMs ?? 0),
    };
  }
  return own
    .map((child) => tallyOf(child, children))
    .reduce((sum, each) => ({
      all: sum.all + each.all,
      done: sum.done + each.done,
      running: sum.running + each.running,
      failed: sum.failed + each.failed,
      until: Math.max(sum.until, each.until),
    }));
}

function branch(node: TreeNode, tally: Tally, { now, spinner, paint }: TreeStyle, indent: string): string {
  const { all, done, running, failed, until } = tally;
  const isOver = done === all && running === 0 && failed === 0;
  const hasBegun = done > 0 || running > 0 || failed > 0;
  const name = `${node.name}  ${shortType(node.type)}`;
  const progress = `${done} of ${all}`;
  if (failed > 0) return `${indent}${paint("failed", "✗")} ${name}  ${progress}`;
  if (isOver)
    return `${indent}${paint("done", "✓")} ${name}  ${progress}  ${paint("dim", duration(Math.max(0, until - node.since)))}`;
  if (!hasBegun) return `${indent}${paint("dim", `· ${name}  ${all} to go`)}`;
  // With nothing in flight, what is left waits for other components.
  const sign = running > 0 ? paint("running", spinner) : "·";
  return `${indent}${sign} ${name}  ${progress}  ${duration(now - node.since)}`;
}

function leaf(node: TreeNode, state: TreeState, style: TreeStyle, indent: string): string {
  const { now, spinner, paint } = style;
  const words = operationWords(node.operation);
  const name = `${node.name}  ${shortType(node.type)}`;
  switch (node.status) {
    case "planned":
      return `${indent}${paint("dim", `· ${name}`)}`;
    case "done":
      return `${indent}${paint("done", "✓")} ${name}  ${words.done}  ${paint("dim", duration(node.durationMs ?? 0))}`;
    case "failed":
      return `${indent}${paint("failed", `✗ ${name}  ${words.now} failed`)}`;
    case "running": {
      const slow = state.slowness(node.urn);
      const reason = state.pushed(node.urn) ?? slow?.why;
      const why = reason === undefined ? "" : `  ${reason}`;
      const times = slow?.usualMs === undefined ? "" : ` (${usual(slow.usualMs)})`;
      return `${indent}${paint("running", spinner)} ${name}  ${words.now}  ${duration(now - node.since)}${paint("dim", `${why}${times}`)}`;
    }
  }
}

// Escape sequences of colours take no column.
// eslint-disable-next-line no-control-regex -- the escape character is what it looks for
const COLOUR = /\u001b\[\d+m/g;

function clip(line: string, width: number): string {
  const visible = line.replace(COLOUR, "");
  if (visible.length <= width) return line;
  return `${visible.slice(0, Math.max(0, width - 1))}…`;
}
