import { ensureEngine } from "../../engine";
import { benchBackend } from "./backend";
import { benchFleet } from "./fleet";
import { benchMakespan } from "./makespan";
import { benchPreview } from "./preview";
import { benchPush } from "./push";
import { benchStart } from "./start";

const RUNS = 5;

const benches: Readonly<Record<string, () => Promise<void>>> = {
  preview: async () => {
    const engine = await ensureEngine({ onProgress: console.log });
    for (const stack of ["onprem", "aks"]) await benchPreview(stack, RUNS, engine);
  },
  makespan: async () => {
    await benchMakespan(await ensureEngine({ onProgress: console.log }));
  },
  start: () => benchStart(RUNS),
  push: benchPush,
  backend: async () => {
    await benchBackend(await ensureEngine({ onProgress: console.log }));
  },
  fleet: async () => {
    await benchFleet(await ensureEngine({ onProgress: console.log }));
  },
};

/** `npm run bench [-- NAME...]`: all of them, or those that are named. */
async function main(): Promise<void> {
  const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(benches);
  for (const name of names) {
    const bench = benches[name];
    if (bench === undefined)
      throw new Error(`no bench "${name}": there are ${Object.keys(benches).join(", ")}`);
    await bench();
  }
}

main().catch((error: unknown) => {
  process.exitCode = 1;
  console.error(error);
});
