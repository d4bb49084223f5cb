import type { PendingResource, Phase, SpaceliftEvent } from "../../automation";

/** A resource of a running operation. */
export interface TreeNode {
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
