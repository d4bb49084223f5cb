import assert from "node:assert/strict";
import { parseConfig } from "../../../config/parse";
import { formatProblems } from "../../../config/problems";
import { type TestConfig, configured, raw, samples } from "../../support/configurations";

interface Case {
  readonly title: string;
  readonly config: TestConfig;
  /** The one problem that must be reported, as it is printed. */
  readonly line: string;
}

const prompt = (key: string): string =>
  `run \`pulumi config set --secret spacelift:${key}\` and paste the value at the prompt`;

const wrong = (
  title: string,
  settings: Readonly<Record<string, unknown>>,
  line: string,
  secrets: Readonly<Record<string, string | undefined>> = {},
): Case => ({ title, config: configured(settings, secrets), line });

const wrongSecret = (
  title: string,
  secrets: Readonly<Record<string, string | undefined>>,
  line: string,
): Case => wrong(title, {}, line, secrets);

const onprem = (section: unknown): Readonly<Record<string, unknown>> => ({ onprem: section });
const storage = (section: unknown): Readonly<Record<string, unknown>> => onprem({ objectStorage: section });
const registry = (section: unknown): Readonly<Record<string, unknown>> => onprem({ registry: section });

const cases: readonly Case[] = [
  wrong(
    "an unknown key at the top",
    { domian: "x" },
    "`spacelift:domian`: is not a known key, did you mean `domain`; run `pulumi config rm spacelift:domian`",
  ),
  wrong(
    "an unknown key that resembles nothing",
    { zebra: "x" },
    "`spacelift:zebra`: is not a known key; run `pulumi config rm spacelift:zebra`",
  ),
  wrong(
    "an unknown key inside a section",
    { ingress: { clasName: "nginx" } },
    "`spacelift:ingress.clasName`: is not a known key, did you mean `className`; run `pulumi config rm --path spacelift:ingress.clasName`",
  ),
  wrong(
    "an unknown key two levels down",
    storage({ endpiont: "x.example.com" }),
    "`spacelift:onprem.objectStorage.endpiont`: is not a known key, did you mean `endpoint`; run `pulumi config rm --path spacelift:onprem.objectStorage.endpiont`",
  ),
  wrong(
    "an unknown target",
    { target: "gke" },
    '`spacelift:target`: must be one of aks, onprem, got "gke"; run `pulumi config set spacelift:target onprem`',
  ),
  wrong(
    "no version",
    { version: undefined },
    "`spacelift:version`: is missing; run `pulumi config set spacelift:version v3.0.0`",
  ),
  wrong(
    "a version without v",
    { version: "3.0.0" },
    '`spacelift:version`: must be a release of Spacelift self-hosted such as v4.3.0, with the leading `v`, got "3.0.0"; run `pulumi config set spacelift:version v3.0.0`',
  ),
  wrong(
    "no domain",
    { domain: undefined },
    "`spacelift:domain`: is missing; run `pulumi config set spacelift:domain spacelift.example.com`",
  ),
  wrong(
    "a domain with a scheme",
    { domain: "https://spacelift.example.com" },
    '`spacelift:domain`: must be a bare host name in lower case, without scheme, port or path, got "https://spacelift.example.com"; run `pulumi config set spacelift:domain spacelift.example.com`',
  ),
  wrong(
    "text where a switch is wanted",
    { protectData: "maybe" },
    '`spacelift:protectData`: must be true or false, got "maybe"; run `pulumi config set spacelift:protectData true`',
  ),
  wrong(
    "text where a section is wanted",
    { ingress: "nginx" },
    '`spacelift:ingress`: must be an object, got "nginx"; put `spacelift:ingress: {}` into the stack file',
  ),
  wrong(
    "a namespace in upper case",
    { namespace: { name: "Spacelift" } },
    '`spacelift:namespace.name`: must be a DNS label: lower-case letters, digits and `-`, at most 63, got "Spacelift"; run `pulumi config set --path spacelift:namespace.name spacelift`',
  ),
  wrong(
    "images to push without an archive",
    { images: { push: true } },
    "`spacelift:images.archive`: is missing: it holds the images to push; run `pulumi config set --path spacelift:images.archive ./self-hosted-v3.0.0.tar.gz`, or `pulumi config set --path spacelift:images.push false` if they are in the registry",
  ),
  wrong(
    "an archive that is not pushed",
    { images: { archive: "./self-hosted-v3.0.0.tar.gz" } },
    "`spacelift:images.archive`: contradicts `images.push: false`, which takes the images as already there; run `pulumi config rm --path spacelift:images.archive`",
  ),
  wrong(
    "a checksum of the wrong length",
    { images: { sha256: "abc" } },
    '`spacelift:images.sha256`: must be 64 lower-case hexadecimal digits, got "abc"; run `pulumi config set --path spacelift:images.sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855`',
  ),
  wrong(
    "a repository with a tag",
    { images: { backendRepository: "team/backend:v3" } },
    '`spacelift:images.backendRepository`: must be the path of a repository in lower case, without registry and tag, got "team/backend:v3"; run `pulumi config set --path spacelift:images.backendRepository team/spacelift-backend`',
  ),
  wrong(
    "an expiry on states",
    { buckets: { states: { expireAfterDays: 2 } } },
    "`spacelift:buckets.states.expireAfterDays`: must not be set: these objects are the only copy of what they hold; run `pulumi config rm --path spacelift:buckets.states.expireAfterDays`",
  ),
  wrong(
    "an expiry of no days",
    { buckets: { runLogs: { expireAfterDays: 0 } } },
    "`spacelift:buckets.runLogs.expireAfterDays`: must be at least 1, got 0; run `pulumi config set --path spacelift:buckets.runLogs.expireAfterDays 60`",
  ),
  wrong(
    "a bucket name with a slash",
    { buckets: { uploads: { name: "uploads/" } } },
    '`spacelift:buckets.uploads.name`: must be 3 to 63 lower-case letters, digits and `-`, starting and ending with a letter or digit, got "uploads/"; run `pulumi config set --path spacelift:buckets.uploads.name spacelift-uploads`',
  ),
  wrong(
    "one name for two buckets",
    { buckets: { modules: { name: "same-bucket" }, states: { name: "same-bucket" } } },
    '`spacelift:buckets.states.name`: must be another bucket than that of `modules`, got "same-bucket" for both; run `pulumi config rm --path spacelift:buckets.states.name`',
  ),
  wrong(
    "one bucket given the default name of another",
    { buckets: { uploads: { name: "spacelift-states" } } },
    '`spacelift:buckets.uploads.name`: must be another bucket than that of `states`, got "spacelift-states" for both; run `pulumi config rm --path spacelift:buckets.uploads.name`',
  ),
  wrong(
    "settings of a bucket that is not made",
    { buckets: { binaries: { retainOnDestroy: true } } },
    "`spacelift:buckets.binaries`: describes a bucket that is not made; run `pulumi config set --path spacelift:buckets.createBinaries true`, or run `pulumi config rm --path spacelift:buckets.binaries`",
  ),
  wrong(
    "no TLS mode",
    { tls: undefined },
    '`spacelift:tls`: is missing; put `spacelift:tls: {"mode":"acme","email":"platform@example.com"}` into the stack file',
  ),
  wrong(
    "an unknown TLS mode",
    { tls: { mode: "letsencrypt" } },
    '`spacelift:tls.mode`: must be one of acme, ca, selfSigned, existingIssuer, provided, existingSecret, got "letsencrypt"; run `pulumi config set --path spacelift:tls.mode acme`',
  ),
  wrong(
    "an ACME account without e-mail",
    { tls: { mode: "acme", email: undefined } },
    "`spacelift:tls.email`: is missing; run `pulumi config set --path spacelift:tls.email platform@example.com`",
  ),
  wrong(
    "a CA without its key",
    { tls: { mode: "ca", email: undefined, certificate: "./ca.pem" } },
    "`spacelift:caPrivateKey`: is missing: it is the key of `tls.certificate`; run `pulumi config set --secret spacelift:caPrivateKey < ca.key`",
  ),
  wrong(
    "a given TLS Secret in a namespace that is yet to be made",
    { tls: { mode: "existingSecret", email: undefined } },
    "`spacelift:tls.mode`: `existingSecret` needs the Secret `cert` in the namespace beforehand, which contradicts making the namespace; run `pulumi config set --path spacelift:namespace.create false`, or use `tls.mode: provided`",
  ),
  wrong(
    "an existing controller without its class",
    { ingress: { className: undefined } },
    "`spacelift:ingress.className`: is missing: with an existing controller, it says which one answers; run `pulumi config set --path spacelift:ingress.className nginx`",
  ),
  wrong(
    "values for a controller that is not installed",
    { ingress: { helmValues: { a: 1 } } },
    "`spacelift:ingress.helmValues`: has no use: the existing controller is not installed by this program; run `pulumi config rm --path spacelift:ingress.helmValues`",
  ),
  wrong(
    "a kind for a controller that is installed",
    { ingress: { mode: "traefik", controller: "traefik" } },
    "`spacelift:ingress.controller`: contradicts `ingress.mode: traefik`, which says what the controller is; run `pulumi config rm --path spacelift:ingress.controller`",
  ),
  wrong(
    "a VCS gateway behind a controller nobody knows",
    { vcsGateway: { domain: "vcs.example.com" } },
    "`spacelift:ingress.controller`: is missing: the VCS gateway speaks gRPC, which every controller is told in its own way; run `pulumi config set --path spacelift:ingress.controller ingress-nginx` (or traefik), or say it in `ingress.vcsGatewayAnnotations`",
  ),
  wrong(
    "a VCS gateway on Spacelift's own domain",
    { vcsGateway: { domain: "spacelift.example.com" }, ingress: { controller: "traefik" } },
    "`spacelift:vcsGateway.domain`: must be another host name than `domain`: gRPC and HTTP need an Ingress each; run `pulumi config set --path spacelift:vcsGateway.domain vcs-gateway.spacelift.example.com`",
  ),
  wrong(
    "workers outside the cluster without a way to the broker",
    { mqtt: { domain: "mqtt.example.com" } },
    "`spacelift:mqtt.serviceType`: must not be ClusterIP when `mqtt.domain` tells workers outside the cluster to connect; run `pulumi config set --path spacelift:mqtt.serviceType LoadBalancer`",
  ),
  wrong(
    "a range that is none",
    { mqtt: { allowedRanges: ["10.0.0.0"] } },
    "`spacelift:mqtt.allowedRanges[0]`: must be a range in CIDR notation such as 10.0.0.0/8, got \"10.0.0.0\"; run `pulumi config set --path 'spacelift:mqtt.allowedRanges[0]' '<value>'`",
  ),
  wrong(
    "processor as a number",
    { services: { server: { resources: { requests: { cpu: 1 } } } } },
    "`spacelift:services.server.resources.requests.cpu`: must be a string, got 1; run `pulumi config set --path spacelift:services.server.resources.requests.cpu '<value>'`",
  ),
  wrong(
    "memory in words",
    { services: { drain: { resources: { limits: { memory: "two gigabytes" } } } } },
    '`spacelift:services.drain.resources.limits.memory`: must be a Kubernetes quantity such as "500m" or "1Gi", got "two gigabytes"; run `pulumi config set --path spacelift:services.drain.resources.limits.memory \'<value>\'`',
  ),
  wrong(
    "no replica",
    { services: { scheduler: { replicas: 0 } } },
    "`spacelift:services.scheduler.replicas`: must be at least 1, got 0; run `pulumi config set --path spacelift:services.scheduler.replicas 3`",
  ),
  wrong(
    "two pools of one name",
    { workers: { pools: [{ name: "default" }, { name: "default" }] } },
    "`spacelift:workers.pools[1].name`: must be unique, got \"default\" again; run `pulumi config rm --path 'spacelift:workers.pools[1]'`",
  ),
  wrong(
    "workers beside Spacelift",
    { workers: { namespace: "spacelift" } },
    "`spacelift:workers.namespace`: must be another namespace than Spacelift's own: runs execute code that is not yours; run `pulumi config set --path spacelift:workers.namespace spacelift-workers`",
  ),
  wrong(
    "an API key without its secret",
    { workers: { apiKeyId: "01HX" } },
    `\`spacelift:workerApiKeySecret\`: is missing: it belongs to \`workers.apiKeyId\`; ${prompt("workerApiKeySecret")}`,
  ),
  wrongSecret(
    "the secret of an API key without an id",
    { workerApiKeySecret: "planted" },
    "`spacelift:workers.apiKeyId`: is missing: `workerApiKeySecret` is the secret of a key without an id; run `pulumi config set --path spacelift:workers.apiKeyId 01HX0000000000000000000000`",
  ),
  wrongSecret(
    "credentials of a pool nobody described",
    { workerPoolCredentials: JSON.stringify({ gpu: { token: "dG9rZW4=", privateKey: "a2V5" } }) },
    '`spacelift:workerPoolCredentials`: holds credentials of "gpu", which is not in `workers.pools`; set `pools: [{"name":"gpu"}]` there in the stack file',
  ),
  wrongSecret(
    "credentials of pools that are no JSON",
    { workerPoolCredentials: "planted" },
    '`spacelift:workerPoolCredentials`: must be JSON of the form {"<pool>": {"token": "<base64>", "privateKey": "<base64>"}}; run `pulumi config set --secret spacelift:workerPoolCredentials < worker-pools.json`',
  ),
  wrong(
    "an unknown telemetry vendor",
    { telemetry: { vendor: "datadog" } },
    '`spacelift:telemetry.vendor`: must be one of Disabled, Datadog, OpenTelemetry, AWS, got "datadog"; run `pulumi config set --path spacelift:telemetry.vendor Disabled`',
  ),
  wrong(
    "a telemetry endpoint without a scheme",
    { telemetry: { vendor: "OpenTelemetry", endpoint: "collector:4317" } },
    '`spacelift:telemetry.endpoint`: must be a URL beginning with http:// or https://, without credentials or a trailing slash, got "collector:4317"; run `pulumi config set --path spacelift:telemetry.endpoint http://otel-collector.observability.svc.cluster.local:4317`',
  ),
  wrong(
    "a Slack app without its secrets",
    { slack: { clientId: "1.2" } },
    `\`spacelift:slackSigningSecret\`: is missing: \`slack.clientId\` is set; ${prompt("slackSigningSecret")}`,
    { slackClientSecret: "planted" },
  ),
  wrong(
    "a proxy without an address",
    { proxy: { noProxy: ["minio.example.com"] } },
    "`spacelift:proxy`: names no proxy; run `pulumi config set --path spacelift:proxy.https http://proxy.example.com:3128`, or run `pulumi config rm spacelift:proxy`",
  ),
  wrong(
    "a proxy with credentials in plain",
    { proxy: { https: "http://user:password@proxy.example.com:3128" } },
    '`spacelift:proxy.https`: must be a URL beginning with http:// or https://, without credentials or a trailing slash, got "http://…@proxy.example.com:3128"; run `pulumi config set --path spacelift:proxy.https http://proxy.example.com:3128`',
  ),
  wrong(
    "a variable with a dash",
    { extraEnv: { shared: { "MY-VARIABLE": "1" } } },
    '`spacelift:extraEnv.shared.MY-VARIABLE`: must be the name of an environment variable, got "MY-VARIABLE"; run `pulumi config rm --path spacelift:extraEnv.shared.MY-VARIABLE`',
  ),
  wrong(
    "a variable that is a number",
    { extraEnv: { drain: { RETRIES: 3 } } },
    "`spacelift:extraEnv.drain.RETRIES`: must be a string, got 3; run `pulumi config set --path spacelift:extraEnv.drain.RETRIES '<value>'`",
  ),
  wrong(
    "a range of chart versions",
    { charts: { spacelift: { version: "^0.62.0" } } },
    '`spacelift:charts.spacelift.version`: must be an exact chart version such as 0.62.0: a range would make two runs differ, got "^0.62.0"; run `pulumi config set --path spacelift:charts.spacelift.version 0.62.0`',
  ),
  wrong(
    "a repository for a chart that is elsewhere",
    {
      charts: {
        certManager: { chart: "oci://r.example.com/cert-manager", repository: "https://c.example.com" },
      },
    },
    "`spacelift:charts.certManager.repository`: contradicts `chart`, which already says where the chart is; run `pulumi config rm --path spacelift:charts.certManager.repository`",
  ),
  wrong(
    "no section of the target",
    { onprem: undefined },
    '`spacelift:onprem`: is missing: it says which cluster, registry and MinIO to use; put `spacelift:onprem: {"registry":{"address":"registry.example.com","username":"spacelift"},"objectStorage":{"endpoint":"minio.example.com","adminUser":"minio"}}` into the stack file',
  ),
  wrong(
    "a registry with a scheme",
    registry({ address: "https://registry.example.com" }),
    '`spacelift:onprem.registry.address`: must be a host name or host:port, without scheme or path, got "https://registry.example.com"; run `pulumi config set --path spacelift:onprem.registry.address registry.example.com`',
  ),
  wrong(
    "a registry user for a registry without users",
    registry({ open: true }),
    "`spacelift:onprem.registry.open`: contradicts `onprem.registry.username`; run `pulumi config rm --path spacelift:onprem.registry.open`",
  ),
  wrongSecret(
    "a registry user without a password",
    { registryPassword: undefined },
    `\`spacelift:registryPassword\`: is missing: it belongs to \`onprem.registry.username\`; ${prompt("registryPassword")}`,
  ),
  wrong(
    "a MinIO endpoint with a scheme",
    storage({ endpoint: "https://minio.example.com" }),
    '`spacelift:onprem.objectStorage.endpoint`: must be a host name or host:port, without scheme or path, got "https://minio.example.com"; run `pulumi config set --path spacelift:onprem.objectStorage.endpoint minio.example.com`',
  ),
  wrong(
    "buckets to make without an administrator",
    storage({ adminUser: undefined }),
    "`spacelift:onprem.objectStorage.adminUser`: is missing: it makes the buckets and the service user; run `pulumi config set --path spacelift:onprem.objectStorage.adminUser minio`, or set `createBuckets` and `createUser` to false",
  ),
  wrong(
    "buckets to take over that are given anyway",
    storage({ createBuckets: false, adoptKeptBuckets: true }),
    "`spacelift:onprem.objectStorage.adoptKeptBuckets`: contradicts `createBuckets: false`, which leaves all buckets to you; run `pulumi config rm --path spacelift:onprem.objectStorage.adoptKeptBuckets`",
  ),
  wrong(
    "an access key beside a user to make",
    storage({ accessKeyId: "given-key" }),
    "`spacelift:onprem.objectStorage.accessKeyId`: contradicts `createUser`, which makes an access key; run `pulumi config set --path spacelift:onprem.objectStorage.createUser false`, or run `pulumi config rm --path spacelift:onprem.objectStorage.accessKeyId`",
  ),
  wrong(
    "a given user without its secret key",
    storage({ createUser: false, accessKeyId: "given-key" }),
    `\`spacelift:minioSecretKey\`: is missing: with \`createUser: false\` the access key is given; ${prompt("minioSecretKey")}`,
  ),
  wrong(
    "a certificate for a MinIO without TLS",
    storage({ tls: false, caCertificateFile: "./ca.pem" }),
    "`spacelift:onprem.objectStorage.caCertificateFile`: has no use: `tls` is off; run `pulumi config rm --path spacelift:onprem.objectStorage.caCertificateFile`",
  ),
  wrong(
    "a kubeconfig by path and by content",
    onprem({ kubernetes: { kubeconfigPath: "~/.kube/config" } }),
    "`spacelift:onprem.kubernetes.kubeconfigPath`: contradicts the secret `kubeconfig`: one of them names the cluster; run `pulumi config rm --path spacelift:onprem.kubernetes.kubeconfigPath`",
    { kubeconfig: "clusters: []\nusers: []\n" },
  ),
  wrongSecret(
    "a path as the content of a kubeconfig",
    { kubeconfig: "~/.kube/config" },
    "`spacelift:kubeconfig`: must be the content of a kubeconfig, with `clusters` and `users`; a path belongs into `onprem.kubernetes.kubeconfigPath`; run `pulumi config set --secret spacelift:kubeconfig < kubeconfig.yaml`",
  ),
  wrongSecret(
    "no licence",
    { licenseToken: undefined },
    `\`spacelift:licenseToken\`: is missing: Spacelift does not start without it; ${prompt("licenseToken")}`,
  ),
  wrongSecret(
    "a licence that is no token",
    { licenseToken: "planted" },
    `\`spacelift:licenseToken\`: must be a JWT: three parts with dots between them; ${prompt("licenseToken")}`,
  ),
  wrongSecret(
    "no database",
    { databaseUrl: undefined },
    `\`spacelift:databaseUrl\`: is missing: on-prem, the database is given; ${prompt("databaseUrl")}`,
  ),
  wrongSecret(
    "a database of another kind",
    { databaseUrl: "mysql://u:planted@h/d" },
    `\`spacelift:databaseUrl\`: must begin with postgres://; ${prompt("databaseUrl")}`,
  ),
  wrongSecret(
    "a database URL without a database",
    { databaseUrl: "postgres://u:planted@h?sslmode=verify-full" },
    `\`spacelift:databaseUrl\`: must name a database after the host; ${prompt("databaseUrl")}`,
  ),
  wrongSecret(
    "a database URL without a host",
    { databaseUrl: "postgres://u:planted@/d?sslmode=verify-full" },
    `\`spacelift:databaseUrl\`: must name a host after the \`@\`; ${prompt("databaseUrl")}`,
  ),
  wrongSecret(
    "a password with a slash in the database URL",
    { databaseUrl: "postgres://u:plan/ted@h/d?sslmode=verify-full" },
    `\`spacelift:databaseUrl\`: must be postgres://user:password@host/database, with \`@\`, \`/\`, \`?\` and \`#\` in user and password percent-encoded; ${prompt("databaseUrl")}`,
  ),
  wrongSecret(
    "a stray percent sign in the database URL",
    { databaseUrl: "postgres://u:100%planted@h/d?sslmode=verify-full" },
    `\`spacelift:databaseUrl\`: must have user and password percent-encoded; ${prompt("databaseUrl")}`,
  ),
  wrongSecret(
    "a database connection that may go in clear",
    { databaseUrl: "postgres://u:planted@h/d?sslmode=prefer" },
    "`spacelift:databaseUrl`: must say sslmode=verify-full (or verify-ca, require): without it the password may travel in clear; add the parameter and set it again, or run `pulumi config set --path spacelift:onprem.database.allowUnverified true`",
  ),
  wrongSecret(
    "an unknown sslmode",
    { databaseUrl: "postgres://u:planted@h/d?sslmode=full" },
    "`spacelift:databaseUrl`: must say sslmode=verify-full (or verify-ca, require): without it the password may travel in clear; add the parameter and set it again, or run `pulumi config set --path spacelift:onprem.database.allowUnverified true`",
  ),
  wrongSecret(
    "a short password of the administrator",
    { adminPassword: "planted" },
    `\`spacelift:adminPassword\`: must have at least 12 characters; ${prompt("adminPassword")}`,
  ),
  wrongSecret(
    "the encryption key as PEM",
    { encryptionPrivateKey: samples.rsaPem },
    "`spacelift:encryptionPrivateKey`: must be the base64 of the PEM file on one line, not the PEM itself; run `base64 -w 0 spacelift.key | pulumi config set --secret spacelift:encryptionPrivateKey`",
  ),
  wrongSecret(
    "an encryption key of another kind",
    { encryptionPrivateKey: Buffer.from(samples.ecPem).toString("base64") },
    "`spacelift:encryptionPrivateKey`: must be an RSA key; run `base64 -w 0 spacelift.key | pulumi config set --secret spacelift:encryptionPrivateKey`",
  ),
  wrongSecret(
    "secret variables that are no JSON",
    { extraSecretEnv: "SECRET=planted" },
    '`spacelift:extraSecretEnv`: must be JSON of the form {"shared": {"NAME": "value"}, "server": {}, "drain": {}}; run `pulumi config set --secret spacelift:extraSecretEnv < extra-env.json`',
  ),
];

describe("wrong configurations", () => {
  for (const { title, config, line } of cases) {
    it(`rejects ${title}`, () => {
      const { problems } = parseConfig(raw(config));
      const lines = formatProblems(problems).split("\n").slice(1);
      assert.ok(lines.includes(`  ${line}`), `expected\n  ${line}\ngot\n${lines.join("\n")}`);
    });
  }

  it("rejects a secret that is stored in plain, without showing it", () => {
    const config = configured();
    const { problems } = parseConfig({
      ...raw(config),
      encrypted: new Set(["databaseUrl", "registryPassword"]),
    });
    assert.deepEqual(
      problems.map(({ key, problem }) => [key, problem]),
      [
        ["licenseToken", "is a secret but stored in plain"],
        ["minioAdminPassword", "is a secret but stored in plain"],
      ],
    );
    assert.doesNotMatch(formatProblems(problems), /planted/);
  });

  it("rejects an encrypted section, without showing it", () => {
    const config = configured({ ingress: { className: "Planted Secret" } });
    const { problems } = parseConfig({
      ...raw(config),
      encrypted: new Set([...raw(config).encrypted, "ingress"]),
    });
    assert.deepEqual(
      problems.map(({ key }) => key),
      ["ingress"],
    );
    assert.doesNotMatch(formatProblems(problems), /planted/i);
  });

  it("never shows the value of a wrong secret", () => {
    for (const { config } of cases) {
      const report = formatProblems(parseConfig(raw(config)).problems);
      assert.doesNotMatch(report, /planted/);
      assert.ok(!report.includes(samples.licenseToken));
    }
  });

  it("reports every problem at once, sorted by key", () => {
    const config = configured(
      { domain: "https://x", domian: "x", ingress: { replicas: 0 }, tls: { mode: "none" } },
      { licenseToken: undefined },
    );
    const keys = formatProblems(parseConfig(raw(config)).problems)
      .split("\n")
      .map((line) => /`spacelift:([^`]+)`/.exec(line)?.[1]);
    assert.deepEqual(keys.slice(1), ["domain", "domian", "ingress.replicas", "licenseToken", "tls.mode"]);
  });
});
