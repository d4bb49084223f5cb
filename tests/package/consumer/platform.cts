import { ComponentResource } from "@pulumi/pulumi";
import { LocalWorkspace, type PulumiFn, PulumiCommand } from "@pulumi/pulumi/automation";
import library = require("spacelift-selfhosted-pulumi");
import rehearsal = require("spacelift-selfhosted-pulumi/rehearsal");

/** A program of its own, with the Azure platform and nothing of Spacelift in it. */
const program: PulumiFn = async () => {
  const configuration = await library.configurationOf(
    {
      settings: {
        target: "aks",
        version: "v3.0.0",
        domain: "spacelift.example.com",
        images: { archive: "./self-hosted-v3.0.0.tar.gz" },
        tls: { mode: "selfSigned" },
        aks: {
          subscriptionId: "11111111-2222-3333-4444-555555555555",
          location: "westeurope",
          size: "dev",
          cluster: { authorizedRanges: ["203.0.113.0/24"] },
        },
      },
      secrets: { licenseToken: "e30.e30.unsigned" },
    },
    { projectDirectory: __dirname },
  );
  const platform: library.Platform = library.createPlatform(configuration);
  return { ...platform.outputs, isComponent: ComponentResource.isInstance(platform) };
};

async function deploy(): Promise<void> {
  const world = await rehearsal.startRehearsal();
  try {
    const { backend, engine, env } = world.workspace;
    const stack = await LocalWorkspace.createOrSelectStack(
      { stackName: "platform", projectName: "platform", program },
      {
        ...(engine && { pulumiCommand: await PulumiCommand.get({ root: engine.root }) }),
        envVars: {
          ...(env as Record<string, string>),
          PULUMI_BACKEND_URL: backend,
          PULUMI_CONFIG_PASSPHRASE: "rehearsal",
        },
      },
    );
    const { outputs, summary } = await stack.up();
    const plain = Object.entries(outputs).map(([name, { value }]) => [name, value as unknown] as const);
    console.log(
      JSON.stringify({ created: summary.resourceChanges?.create, outputs: Object.fromEntries(plain) }),
    );
  } finally {
    await world.close();
  }
}

deploy().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
