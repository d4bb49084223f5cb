import { startRehearsal } from "spacelift-selfhosted-pulumi/rehearsal";

/** Runs the program of this folder on the real engine, in a simulated world that `.rehearsal` keeps. */
async function rehearse(): Promise<void> {
  const rehearsal = await startRehearsal({ directory: ".rehearsal", onProgress: console.log });
  try {
    const project = await rehearsal.copyProject({ stack: "dev", projectFolder: __dirname });
    project.setSecret("kubeconfig", rehearsal.kubeconfig);
    project.setSecret(
      "databaseUrl",
      "postgres://spacelift:rehearsal@postgres.example.com:5432/spacelift?sslmode=verify-full",
    );
    project.setSecret("minioAdminPassword", "rehearsal");
    project.setSecret("registryPassword", "rehearsal");
    await project.write();
    // Types are checked by `tsc`, not whenever the program starts.
    rehearsal.env["PULUMI_NODEJS_TRANSPILE_ONLY"] = "true";
    const up = ["pulumi", "up", "--yes", "--skip-preview", "--stack", "dev"];
    process.exitCode = await rehearsal.run(up, project.folder);
  } finally {
    await rehearsal.close();
  }
}

rehearse().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
