import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { trustedCa } from "./hostile-server";
import type { Job, Met } from "./protocol";

/** The longest that any client takes by its own limits is a minute, that of a check. */
const LIMIT_MS = 75_000;

/** A process in which clients meet servers; a new one takes the place of one that ended or had to be ended. */
export class Worker {
  private child: ChildProcess | undefined;

  /** Lets a client meet a server; a text says why there is no result. */
  async meet(job: Job): Promise<Met | string> {
    const child = (this.child ??= await started());
    const over = new AbortController();
    const options = { signal: over.signal };
    child.send(job);
    try {
      return await Promise.race([
        once(child, "message", options).then(([met]) => met as Met),
        once(child, "exit", options).then(([code, by]) => {
          this.child = undefined;
          return code === 9 ? "it took hundreds of megabytes" : `its process ended (${String(code ?? by)})`;
        }),
        once(AbortSignal.timeout(LIMIT_MS), "abort", options).then(() => {
          this.stop();
          return `it did not end within ${LIMIT_MS / 1000} s`;
        }),
      ]);
    } finally {
      over.abort();
    }
  }

  stop(): void {
    this.child?.kill("SIGKILL");
    this.child = undefined;
  }
}

async function started(): Promise<ChildProcess> {
  const child = fork(join(__dirname, "worker.ts"), {
    execArgv: ["--import=tsx", "--expose-gc"],
    env: { PATH: process.env["PATH"], SURROUNDINGS_CA: trustedCa },
  });
  await once(child, "message");
  return child;
}
