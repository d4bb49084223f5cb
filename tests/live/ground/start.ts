import { startApiServer } from "./api-server";
import { startCluster } from "./cluster";

/**
 * Starts a cluster for whoever wants to look at it by hand, prints the path of its kubeconfig, and ends it with Ctrl-C:
 * `npx tsx tests/live/ground/start.ts`, or `… start.ts api` for an API server alone, on which nothing acts.
 */
async function main(): Promise<void> {
  const cluster = process.argv[2] === "api" ? await startApiServer() : await startCluster();
  process.stdout.write(`${cluster.kubeconfigPath}\n`);
  const end = (): void => {
    void cluster.stop().then(() => process.exit(0));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, end);
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
