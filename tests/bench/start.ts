import { join } from "node:path";
import { z } from "zod";
import { parseJson } from "../../peers/json";
import { runCommand } from "../../peers/run-command";
import { median, verdict } from "./table";

/** Aims: the time of the help, and how much longer `doctor` takes than its slowest check. */
const AIM_HELP_MS = 150;
const AIM_DOCTOR = 1.3;

const eventSchema = z.object({
  kind: z.string(),
  phase: z.string().optional(),
  elapsedMs: z.number().default(0),
  check: z.object({ durationMs: z.number() }).optional(),
});

const root = join(__dirname, "..", "..");

/** Measures how long the compiled command line takes to say anything, and `doctor` beside its slowest check. */
export async function benchStart(times: number): Promise<void> {
  const built = await runCommand("npm", ["run", "build"], { cwd: root });
  if (built.code !== 0) throw new Error(`the package cannot be built: ${built.stderr}`);
  const program = join(root, "dist", "cli", "main.js");
  const help: number[] = [];
  // The first fills the caches of the disk.
  for (let time = 0; time <= times; time++) {
    const began = performance.now();
    const { code } = await runCommand(process.execPath, [program, "--help"], {
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    if (code !== 0) throw new Error(`the help ends with ${String(code)}`);
    if (time > 0) help.push(performance.now() - began);
  }
  const helpMs = median(help);
  console.log(`\nspacelift --help, median of ${times}: ${helpMs.toFixed(0)} ms`);
  console.log(`aim <= ${AIM_HELP_MS} ms: ${verdict(helpMs <= AIM_HELP_MS)}`);

  const rehearse = ["run", "--silent", "rehearse", "--", "npx", "tsx", "cli/main.ts"];
  const { stdout } = await runCommand("npm", [...rehearse, "doctor", "-s", "aks", "--json"], {
    cwd: root,
  });
  const events = stdout
    .split("\n")
    .flatMap((line) => eventSchema.safeParse(parseJson(line)).data ?? [])
    .filter(({ kind }) => kind !== "result");
  const began = events.find(({ phase }) => phase === "preflight")?.elapsedMs ?? Number.NaN;
  const totalMs = Math.max(...events.map(({ elapsedMs }) => elapsedMs)) - began;
  const slowestMs = Math.max(...events.map(({ check }) => check?.durationMs ?? 0));
  const ratio = totalMs / slowestMs;
  console.log(
    `spacelift doctor -s aks: ${totalMs} ms, its slowest check ${slowestMs} ms: ${ratio.toFixed(2)}`,
  );
  console.log(`aim <= ${AIM_DOCTOR}: ${verdict(ratio <= AIM_DOCTOR)}`);
}
