import { configured, samples, type TestConfig } from "./configurations";
import { selfSigned } from "./certificates";

const ca = selfSigned("Example CA");
const provided = selfSigned("spacelift.example.com");

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/**
 * A configuration in which everything that can be switched on is, with every secret set and recognisable.
 *
 * @param archive path of a release archive of v4.0.0
 */
export function fullConfiguration(archive: string): TestConfig {
  return configured(
    {
      version: "v4.0.0",
      images: { push: true, archive },
      buckets: { createBinaries: true, states: { expireNoncurrentAfterDays: 90 } },
      ingress: { mode: "traefik", className: undefined, address: "192.0.2.10" },
      tls: { mode: "ca", email: undefined, certificate: ca.certificate },
      vcsGateway: { domain: "vcs-gateway.spacelift.example.com" },
      mqtt: { domain: "mqtt.spacelift.example.com", serviceType: "LoadBalancer" },
      workers: { apiKeyId: "01HX", pools: [{ name: "default", size: 2 }, { name: "gpu" }] },
      telemetry: { vendor: "Datadog", agentHost: "datadog-agent.datadog.svc" },
      usageReporting: true,
      slack: { clientId: "1.2" },
      proxy: { https: "http://proxy.example.com:3128", noProxy: ["10.244.0.0/16"] },
      networkPeers: {
        server: [{ namespace: "monitoring" }],
        monitoring: [{ cidr: "198.51.100.0/24" }],
        runs: ["kube-apiserver"],
      },
      rootCas: [provided.certificate],
      extraEnv: { shared: { POLICY_REGO_TIMEOUT_PLAN: "60s" } },
      helmValues: { server: { podLabels: { team: "platform" } } },
      onprem: {
        database: { caCertificate: ca.certificate },
        namespaceLabels: { "example.com/team": "platform" },
      },
    },
    {
      databaseReadOnlyUrl:
        "postgres://reader:planted-replica@replica.example.com/spacelift?sslmode=verify-full",
      adminPassword: "planted-admin-password",
      encryptionPrivateKey: samples.encryptionPrivateKey,
      kubeconfig: "clusters: []\nusers: [{name: planted-kubeconfig-token}]\n",
      caPrivateKey: ca.privateKey,
      slackClientSecret: "planted-slack-client",
      slackSigningSecret: "planted-slack-signing",
      workerApiKeySecret: "planted-worker-api-key",
      workerPoolCredentials: JSON.stringify({
        gpu: { token: base64("planted-pool-token"), privateKey: base64("planted-pool-key") },
      }),
      extraSecretEnv: JSON.stringify({
        shared: { SHARED_EXTRA: "planted-extra" },
        drain: { DRAIN_EXTRA: "planted-drain" },
      }),
    },
  );
}

/** Texts that give a secret of {@link fullConfiguration} away, wherever one of them occurs outside of a secret. */
export const tellTales: readonly string[] = [
  ...["planted", base64("planted-pool-token"), base64("planted-pool-key")],
  samples.licenseToken,
  samples.encryptionPrivateKey.slice(0, 60),
  ca.privateKey.split("\n")[1] ?? "",
];
