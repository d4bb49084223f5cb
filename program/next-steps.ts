import { isIP } from "node:net";
import { corsCommand } from "../components/buckets";
import { storageOrigin } from "../components/platform/platform";
import type { ObjectStorageSettings } from "../config/onprem/settings";
import { hasFeature } from "../config/versions";
import type { Settings } from "../config/settings";

export interface DnsRecord {
  readonly name: string;
  readonly type: "A" | "AAAA" | "CNAME" | "A or CNAME";
  readonly value: string;
}

/** The record that leads a host name to an address, or to words that say where to find it. */
export function dnsRecord(name: string, address: string, hint: string): DnsRecord {
  if (address === "") return { name, type: "A or CNAME", value: hint };
  const version = isIP(address);
  if (version === 0) return { name, type: "CNAME", value: address };
  return { name, type: version === 4 ? "A" : "AAAA", value: address };
}

/**
 * The record of the broker; none where workers outside are told no name of it.
 *
 * @param address empty where the cluster chooses it
 */
export function brokerRecord(
  { mqtt, namespace }: Pick<Settings, "mqtt" | "namespace">,
  address = "",
): DnsRecord | undefined {
  if (mqtt.domain === undefined) return undefined;
  const where =
    mqtt.serviceType === "NodePort"
      ? "the address of a node, or of a load balancer of yours in front of the port of"
      : "EXTERNAL-IP of";
  return dnsRecord(
    mqtt.domain,
    address,
    `${where} \`kubectl -n ${namespace.name} get service spacelift-mqtt\``,
  );
}

export interface NextStepsOptions {
  readonly settings: Pick<
    Settings,
    | "version"
    | "domain"
    | "tls"
    | "certManager"
    | "workers"
    | "adminLogin"
    | "adminUsername"
    | "mqtt"
    | "onprem"
    | "buckets"
  >;
  /** Records to create by hand. */
  readonly records: readonly DnsRecord[];
  /** Pools that wait for credentials. */
  readonly waitingPools: readonly string[];
  /** Whether the administrator's password is in the configuration. */
  readonly givenAdminPassword: boolean;
  /** Whether the encryption key was generated and nobody has a copy yet. */
  readonly generatedKey: boolean;
}

/** What is left to do by hand after an `up`, in order, with the commands that do it. */
export function nextSteps(options: NextStepsOptions): readonly string[] {
  const { settings, records, waitingPools } = options;
  const steps = [];
  if (records.length > 0) {
    const lines = records.map(({ name, type, value }) => `${name} ${type} ${value}`);
    steps.push(`Create the DNS records: ${lines.join("; ")}.`);
  }
  if (options.generatedKey) {
    steps.push(
      "Put the encryption key into escrow: `pulumi stack output encryptionPrivateKey --show-secrets`. Without it, a restored database is worthless.",
    );
  }
  if (settings.tls.mode === "selfSigned") {
    steps.push(
      `Make browsers, workers and VCS systems trust the CA: \`kubectl -n ${settings.certManager.namespace} get secret spacelift-ca -o jsonpath='{.data.tls\\.crt}' | base64 -d\`; save it to a file and add that to \`spacelift:rootCas\` for the workers.`,
    );
  }
  if (
    settings.tls.mode === "acme" &&
    settings.tls.environment === "staging" &&
    settings.tls.server === undefined
  ) {
    steps.push(
      "Switch to certificates that workers trust: `pulumi config set --path spacelift:tls.environment production`.",
    );
  }
  if (settings.onprem) steps.push(uploadsStep(settings, settings.onprem.objectStorage));
  if (settings.adminLogin) steps.push(...adminSteps(settings, options.givenAdminPassword));
  if (settings.mqtt.domain !== undefined && hasFeature(settings.version, "longPollWorkers")) {
    steps.push(
      `Workers outside the cluster need not reach ${settings.mqtt.domain}: with \`SPACELIFT_WORKER_COMMS_PROTOCOL=poll\` and \`SPACELIFT_WORKER_COMMS_URL=https://${settings.domain}\` they ask over HTTPS.`,
    );
  }
  if (settings.workers.enabled && settings.workers.pools.length === 0) {
    steps.push("Describe worker pools in `spacelift:workers.pools`, and give them credentials.");
  }
  if (waitingPools.length > 0) steps.push(credentialsStep(settings.version, waitingPools));
  return steps;
}

/** How browsers get to upload. */
function uploadsStep(
  { domain, buckets }: NextStepsOptions["settings"],
  storage: ObjectStorageSettings,
): string {
  const origin = `https://${domain}`;
  const proxy = "let a reverse proxy in front of it pass headers with underscores";
  if (storage.kind === "minio") {
    return `Let browsers upload to MinIO: \`mc admin config set <alias> api cors_allow_origin=${origin}\`, and ${proxy}.`;
  }
  return `Let browsers upload to the object storage: \`${corsCommand(storageOrigin(storage), buckets.uploads.name, origin)}\`, and ${proxy}.`;
}

/** The first login, and how it goes when it is no longer needed. */
function adminSteps(
  { domain, adminUsername }: NextStepsOptions["settings"],
  givenPassword: boolean,
): readonly string[] {
  const forget = givenPassword ? "`pulumi config rm spacelift:adminPassword`, " : "";
  return [
    `Log in at https://${domain}/admin-login as ${adminUsername} (\`pulumi stack output adminPassword --show-secrets\`), name the account and set up single sign-on.`,
    `When single sign-on lets in the administrators of the account, and not before, take that login away: ${forget}\`pulumi config set spacelift:adminLogin false\` and \`pulumi up\`. The same with \`true\` brings it back when single sign-on fails.`,
  ];
}

/** How pools get credentials: newer releases let the controller register them, in older ones each is created by hand. */
function credentialsStep(version: string, pools: readonly string[]): string {
  const names = pools.join(", ");
  if (hasFeature(version, "autoRegistration")) {
    return `Give the worker pools ${names} credentials: create an API key with the role "Worker pool controller" in the UI, then \`pulumi config set --path spacelift:workers.apiKeyId <id>\`, \`pulumi config set --secret spacelift:workerApiKeySecret\` and \`pulumi up\`.`;
  }
  return `Give the worker pools ${names} credentials: for each, run \`openssl req -new -newkey rsa:4096 -nodes -keyout <pool>.key -out <pool>.csr\`, create a worker pool with the request in the UI and download its token; then write \`{"<pool>": {"token": "<content of the token's file>", "privateKey": "<output of base64 -w 0 <pool>.key>"}}\` to a file, \`pulumi config set --secret spacelift:workerPoolCredentials < <file>\` and \`pulumi up\`.`;
}
