import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "../../../engine";
import { nameOf, typeOf } from "../../../engine/protocol";
import { openWorld } from "../../../rehearsal/twins";
import { WorldObjects } from "../../../rehearsal/twins/kubernetes/api/world-objects";
import {
  changeCount,
  type ConfigurationChange,
  OperationError,
  RehearsedStack,
  type Summary,
} from "../../support/rehearsed-stack";
import { inventoryDifferences, worldInventory } from "../../support/world-inventory";
import { constant, type Dial, dials } from "./dials";

/** One step of a walk: dials that are turned, as `[dial, position]`, and whether something is deleted behind the program's back. */
export interface WalkStep {
  readonly turns: readonly (readonly [dial: number, position: number])[];
  /** Chooses what is deleted; undefined: nothing. */
  readonly drift: number | undefined;
}

/** A way through configurations of one target. */
export interface Walk {
  readonly target: "onprem" | "aks";
  readonly steps: readonly WalkStep[];
}

// What holds data, or decrypts it.
const DATA =
  /^(azure-native:dbforpostgresql:(Server|Database)|azure-native:storage:StorageAccount|tls:index\/privateKey:PrivateKey)$/;
const DATA_BUCKET =
  /^platform-storage-(modules|policy-inputs|run-logs|states)$|^platform-storage-account$|^encryption-key/;

const holdsData = (urn: string): boolean =>
  nameOf(urn) !== "platform-database-replica" && (DATA.test(typeOf(urn)) || DATA_BUCKET.test(nameOf(urn)));

const isDestructive = (op: string): boolean => /delete|replace|discard/.test(op);

/** What was done to which resource, sorted; what stays as it is left out. */
const planOf = ({ steps }: Summary): string =>
  steps
    .filter(({ op }) => !/^(same|read|refresh)$/.test(op))
    .map(({ op, urn }) => `${op} ${typeOf(urn)} ${nameOf(urn)}`)
    .sort()
    .join("\n");

// What stays when its owner goes, by design: kinds that charts leave behind, images of other releases, and certificates, which
// cert-manager leaves unless it is told otherwise (`enableCertificateOwnerRef`).
const LEFT_BEHIND = /CustomResourceDefinition|^docker\/pushed-image|Secret\..*-cert$/;

/** Takes a walk; gives what was not as it must be. */
export async function takeWalk({ target, steps }: Walk, engine: Engine): Promise<string | undefined> {
  const dir = await mkdtemp(join(tmpdir(), "spacelift-walk-"));
  const positions = dials[target].map(() => 0);
  const path = new StackOnItsWay(target, join(dir, "walk"), engine);
  try {
    await path.begin(positions);
    for (const [index, { turns, drift }] of steps.entries()) {
      const turned = turnedBy(dials[target], positions, turns);
      const failure = await path.step(turned, drift);
      if (failure === "invalid") continue;
      if (failure !== undefined)
        return `step ${index + 1}, ${describe(dials[target], positions, turned)}: ${failure}`;
      turned.forEach((position, dial) => (positions[dial] = position));
    }
    const fresh = new StackOnItsWay(target, join(dir, "fresh"), engine);
    try {
      await fresh.begin(positions);
      const differences = inventoryDifferences(fresh.inventory(), path.inventory());
      return differences.length === 0
        ? undefined
        : `the end is not that of a fresh installation:\n${differences.join("\n")}`;
    } finally {
      await fresh.close();
    }
  } finally {
    await path.close();
    await rm(dir, { recursive: true, force: true });
  }
}

function turnedBy(
  all: readonly Dial[],
  positions: readonly number[],
  turns: WalkStep["turns"],
): readonly number[] {
  const turned = [...positions];
  for (const [dial, position] of turns) {
    const { positions: possible, isRatchet = false } = all[dial] ?? { positions: [] };
    const next = position % possible.length;
    const now = turned[dial] ?? 0;
    turned[dial] = isRatchet && next !== now ? Math.min(now + 1, possible.length - 1) : next;
  }
  return turned;
}

const describe = (all: readonly Dial[], before: readonly number[], after: readonly number[]): string =>
  all
    .flatMap(({ name }, dial) =>
      before[dial] === after[dial] ? [] : [`${name} ${before[dial] ?? 0} → ${after[dial] ?? 0}`],
    )
    .join(", ") || "nothing turned";

/** A stack whose configuration is changed step by step. */
class StackOnItsWay {
  private stack: RehearsedStack | undefined;

  constructor(
    private readonly target: "onprem" | "aks",
    private readonly dir: string,
    private readonly engine: Engine,
  ) {}

  async begin(positions: readonly number[]): Promise<void> {
    const { dir, engine, target } = this;
    this.stack = await RehearsedStack.open({ dir, engine, stack: target });
    this.turn([constant]);
    this.turn(positions.map((position, dial) => dials[target][dial]?.positions[position] ?? {}));
    await this.stack.up();
    this.now = positions;
  }

  /** Goes one step; gives what is wrong, or `invalid` when there is no such configuration, and stays where it was. */
  async step(positions: readonly number[], drift: number | undefined): Promise<string | undefined> {
    const all = dials[this.target];
    const at = (of: readonly number[]): ConfigurationChange[] =>
      of.map((position, dial) => all[dial]?.positions[position] ?? {});
    this.turn(at(positions));
    const args = drift === undefined ? [] : ["--refresh"];
    const gone = drift === undefined ? undefined : await this.drift(drift);
    const about = gone === undefined ? "" : ` (with ${gone} deleted)`;
    try {
      const planned = await this.open.preview({ args });
      const lost = planned.steps.filter(({ op, urn }) => holdsData(urn) && isDestructive(op));
      if (lost.length > 0) return `data would be lost: ${planOf({ ...planned, steps: lost })}${about}`;
      const done = await this.open.up({ args });
      if (planOf(planned) !== planOf(done))
        return `preview said\n${planOf(planned)}\nand up did${about}\n${planOf(done)}`;
      const again = await this.open.up({ args: ["--refresh"] });
      if (changeCount(again) > 0) return `changes are found afterwards${about}:\n${planOf(again)}`;
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      if (!/problems? in the configuration/.test(error.message)) return error.message + about;
      this.turn(at(this.now));
      // What was deleted must be there again for the next step to begin from what is known.
      if (drift !== undefined) await this.open.up({ args: ["--refresh"] });
      return "invalid";
    }
    this.now = positions;
    return undefined;
  }

  inventory(): readonly string[] {
    return worldInventory(this.open.folders.world).filter((line) => !LEFT_BEHIND.test(line));
  }

  async close(): Promise<void> {
    await this.stack?.close();
  }

  private now: readonly number[] = [];

  private get open(): RehearsedStack {
    if (this.stack === undefined) throw new Error("the walk has not begun");
    return this.stack;
  }

  private turn(positions: readonly ConfigurationChange[]): void {
    for (const position of positions) this.open.configure(position);
  }

  /** Deletes one of the objects that the stack has in the cluster. */
  private async drift(choice: number): Promise<string | undefined> {
    const { deployment } = await this.open.exportState();
    const objects = new WorldObjects(openWorld(this.open.folders.world));
    const there = objects.all();
    const own = new Set(
      (deployment.resources ?? [])
        .filter(({ type }) =>
          /^kubernetes:(core\/v1:(Secret|ConfigMap|ServiceAccount)|networking|policy)/.test(type),
        )
        .map(({ type, id = "" }) => `${type.split(":").at(-1) ?? ""} ${id}`),
    );
    const found = there.filter(({ kind, metadata: { namespace, name } }) =>
      own.has(`${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`),
    );
    const unlucky = found[choice % Math.max(found.length, 1)];
    if (unlucky === undefined) return undefined;
    objects.remove(unlucky);
    return `${unlucky.kind} ${unlucky.metadata.name}`;
  }
}
