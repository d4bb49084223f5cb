import { planBuckets, type SettingsInput } from "spacelift-selfhosted-pulumi";
import {
  deploySpacelift,
  type Deployment,
  getOutputs,
  SpaceliftError,
} from "spacelift-selfhosted-pulumi/automation";
import { startRehearsal } from "spacelift-selfhosted-pulumi/rehearsal";

const settings: SettingsInput = {
  target: "onprem",
  version: "v3.0.0",
  domain: "spacelift.example.com",
  images: { push: false },
  ingress: { className: "nginx" },
  tls: { mode: "selfSigned" },
  onprem: {
    registry: { address: "registry.example.com", open: true },
    objectStorage: { endpoint: "minio.example.com", adminUser: "minio" },
  },
};

const world = await startRehearsal();
try {
  const stack = { stack: "consumer", workspace: world.workspace };
  const refusal: unknown = await getOutputs(stack).catch((error: unknown) => error);
  const deployment: Deployment = await deploySpacelift({
    ...stack,
    settings,
    secrets: world.secretsFor(settings),
  });
  const { changes, outputs } = deployment;
  console.log(
    JSON.stringify({
      refused: refusal instanceof SpaceliftError ? refusal.code : "",
      created: changes["create"],
      url: outputs.url,
      buckets: Object.values(outputs.buckets).sort(),
      planned: planBuckets({}, false)
        .map(({ name }) => name)
        .sort(),
    }),
  );
} finally {
  await world.close();
}
