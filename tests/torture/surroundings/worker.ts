import { setTimeout as pause } from "node:timers/promises";
import { Clients } from "./clients";
import type { Job, Met } from "./protocol";

/** What is too much in any case: the machine has other work. */
const MOST_MB = 700;
const MB = 1 << 20;

/** Lets clients meet servers, one after another, as its parent tells; measures this process meanwhile. */
async function main(): Promise<void> {
  const clients = new Clients(process.env["SURROUNDINGS_CA"] ?? "");
  // What is prepared once is no growth.
  await clients.meet({ client: "push", port: 1, azurePort: 1, plain: false });
  process.on("message", (job: Job) => {
    void meet(clients, job).then((met) => process.send?.(met));
  });
  process.send?.("ready");
}

async function meet(clients: Clients, job: Job): Promise<Met> {
  await collected();
  const before = { rss: process.memoryUsage.rss(), most: process.resourceUsage().maxRSS, open: alive() };
  let peak = before.rss;
  const sampler = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
    if (peak - before.rss > MOST_MB * MB) process.exit(9);
  }, 10);
  sampler.unref();
  const began = performance.now();
  const said = await clients.meet(job);
  const ms = performance.now() - began;
  clearInterval(sampler);
  // What happened while nothing else could run shows here, if it was more than ever before.
  const most = process.resourceUsage().maxRSS;
  if (most > before.most) peak = Math.max(peak, most * 1024);
  let open = added(before.open, alive());
  // Connections take a moment to close.
  for (let waited = 0; waited < 30 && open.length > 0; waited++) {
    await pause(100);
    open = added(before.open, alive());
  }
  return { said, ms, grownMb: (peak - before.rss) / MB, open };
}

/** What keeps the process alive. */
const alive = (): string[] => process.getActiveResourcesInfo();

function added(before: readonly string[], now: readonly string[]): string[] {
  const left = [...before];
  return now.filter((each) => {
    const at = left.indexOf(each);
    if (at === -1) return true;
    left.splice(at, 1);
    return false;
  });
}

/** Gives back what earlier work has left. */
async function collected(): Promise<void> {
  for (let round = 0; round < 2; round++) {
    global.gc?.();
    await pause(10);
  }
}

void main();
