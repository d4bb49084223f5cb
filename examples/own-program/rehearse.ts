import { changeCount, openRehearsal, standInKubeconfig } from "spacelift-selfhosted-pulumi/rehearsal";

/** Runs the program of this folder on the real engine, in a simulated world that `.rehearsal` keeps. */
async function rehearse(): Promise<void> {
  const rehearsal = await openRehearsal({
    stack: "dev",
    projectFolder: __dirname,
    secrets: {
      kubeconfig: standInKubeconfig(),
      databaseUrl: "postgres://spacelift:rehearsal@postgres.example.com:5432/spacelift?sslmode=verify-full",
      minioAdminPassword: "rehearsal",
      registryPassword: "rehearsal",
    },
    // Types are checked by `tsc`, not whenever the program starts.
    env: { PULUMI_NODEJS_TRANSPILE_ONLY: "true" },
    onProgress: console.log,
  });
  try {
    const summary = await rehearsal.up();
    for (const step of summary.steps) console.log(step.op.padEnd(10), step.type, step.name);
    console.log(`${changeCount(summary)} changes`, await rehearsal.outputs());
  } finally {
    await rehearsal.close();
  }
}

rehearse().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
