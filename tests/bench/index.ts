import { ensureEngine } from "../../engine";
import { benchMakespan } from "./makespan";
import { benchPreview } from "./preview";

/** `npm run bench [-- RUNS]`. */
async function main(): Promise<void> {
  const times = Number(process.argv[2] ?? 5);
  const engine = await ensureEngine({ onProgress: console.log });
  for (const stack of ["onprem", "aks"]) await benchPreview(stack, times, engine);
  await benchMakespan(engine);
}

main().catch((error: unknown) => {
  process.exitCode = 1;
  console.error(error);
});
