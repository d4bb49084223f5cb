import type { Engine } from "../../engine";
import { deployFleet, faults, type Member, membersOf, type Outcome } from "../support/fleet";
import { collectGarbage, type Holdings, holdings, leftSince, withTemporaryFolder } from "../support/holdings";
import { median, table, verdict } from "./table";

const PARALLEL = 3;
const BLOCK = 10;
const DEFAULT_SIZE = 50;

/** How much more the last block may take than the second; the first fills the caches. */
const AIM_GROWTH = 1.2;

/** What ten installations took. */
interface Block {
  readonly label: string;
  /** Of an installation that was deployed, median. */
  readonly seconds: number;
  /** Of the block, by the clock on the wall. */
  readonly wallSeconds: number;
  /** Highest resident memory at the end of an installation, garbage included, MB. */
  readonly peakMb: number;
  /** Resident memory once the block is done and garbage collected, MB. */
  readonly rssMb: number;
  /** Heap then, MB. */
  readonly heapMb: number;
  readonly held: Holdings;
}

/** How many installations `SPACELIFT_BENCH_FLEET` asks for. */
function sizeOfFleet(): number {
  const size = Number(process.env["SPACELIFT_BENCH_FLEET"] ?? DEFAULT_SIZE);
  if (!Number.isInteger(size) || size < 1) throw new Error("SPACELIFT_BENCH_FLEET must be a whole number");
  return size;
}

/** Deploys a fleet from this process, one installation of which fails, and prints what each ten of them took and left. */
export async function benchFleet(engine: Engine): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const size = sizeOfFleet();
    const members = await membersOf(1, size, folder);
    const failing = members[Math.floor(size / 2)]?.stack;
    // What is loaded and listened to once for all is there from now on.
    const [warmUp] = await membersOf(0, 1, folder);
    if (warmUp) await deployFleet([{ ...warmUp, faults }], 1, engine);
    const before = holdings();
    console.log(
      `\na fleet of ${size} from one process, ${PARALLEL} at a time, on-premises and on Azure in turn`,
    );
    const [blocks, outcomes] = await deployInBlocks(
      members.map((member) => (member.stack === failing ? { ...member, faults } : member)),
      engine,
    );
    report(blocks, outcomes, failing);
    const left = await leftSince(before);
    console.log(left.length === 0 ? "left behind: nothing" : `left behind:\n  ${left.join("\n  ")}`);
  });
}

async function deployInBlocks(
  members: readonly Member[],
  engine: Engine,
): Promise<readonly [readonly Block[], readonly Outcome[]]> {
  const blocks: Block[] = [];
  const all: Outcome[] = [];
  for (let first = 0; first < members.length; first += BLOCK) {
    let peak = 0;
    const started = performance.now();
    const some = members.slice(first, first + BLOCK);
    const outcomes = await deployFleet(some, PARALLEL, engine, () => {
      peak = Math.max(peak, process.memoryUsage.rss());
    });
    const wallSeconds = (performance.now() - started) / 1000;
    collectGarbage();
    const { rss, heapUsed } = process.memoryUsage();
    all.push(...outcomes);
    blocks.push({
      label: `${first + 1}-${first + some.length}`,
      seconds: median(outcomes.filter(({ error }) => !error).map(({ seconds }) => seconds)),
      wallSeconds,
      peakMb: peak / 1e6,
      rssMb: rss / 1e6,
      heapMb: heapUsed / 1e6,
      held: holdings(),
    });
    console.log(blocks.length === 1 ? table(rows(blocks)) : table(rows(blocks)).split("\n").at(-1));
  }
  return [blocks, all];
}

const rows = (blocks: readonly Block[]): string[][] => [
  ["block", "each", "wall", "peak", "RSS", "heap", "descriptors", "children", "listeners", "handles"],
  ...blocks.map(({ label, seconds, wallSeconds, peakMb, rssMb, heapMb, held }) => [
    label.padEnd(7),
    `${seconds.toFixed(1)} s`,
    `${wallSeconds.toFixed(0)} s`,
    `${peakMb.toFixed(0)} MB`,
    `${rssMb.toFixed(0)} MB`,
    `${heapMb.toFixed(0)} MB`,
    String(held.descriptors.length),
    String(held.children.length),
    String(held.listeners.length),
    String(held.resources.length),
  ]),
];

function report(blocks: readonly Block[], outcomes: readonly Outcome[], failing: string | undefined): void {
  const size = outcomes.length;
  const failed = outcomes.filter(({ error }) => error);
  for (const { stack, error } of failed) console.log(`${stack} failed: ${error?.message ?? ""}`);
  const asMeant = failed.length === 1 && failed[0]?.stack === failing;
  console.log(`the others deployed, ${size - failed.length} of ${size - 1}: ${verdict(asMeant)}`);
  const [, second] = blocks;
  const last = blocks.at(-1);
  if (!second || !last || last === second) return;
  for (const [name, unit] of [
    ["seconds", "time of one"],
    ["peakMb", "highest RSS"],
    ["rssMb", "RSS"],
    ["heapMb", "heap"],
  ] as const) {
    const ratio = last[name] / second[name];
    console.log(
      `${unit}, last block to second: ${ratio.toFixed(2)}, aim <= ${AIM_GROWTH}: ${verdict(ratio <= AIM_GROWTH)}`,
    );
  }
}
