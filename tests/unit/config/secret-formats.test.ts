import { configured, samples } from "../../support/configurations";
import { prompt, rejects, wrongSecretFrom } from "../../support/wrong-configurations";

const wrongSecret = wrongSecretFrom(configured);

describe("formats of secrets", () => {
  rejects([
    wrongSecret(
      "credentials of pools that are no JSON",
      { workerPoolCredentials: "planted" },
      '`spacelift:workerPoolCredentials`: must be JSON of the form {"<pool>": {"token": "<base64>", "privateKey": "<base64>"}}; run `pulumi config set --secret spacelift:workerPoolCredentials < worker-pools.json`',
    ),
    wrongSecret(
      "a path as the content of a kubeconfig",
      { kubeconfig: "~/.kube/config" },
      "`spacelift:kubeconfig`: must be the content of a kubeconfig, with `clusters` and `users`; a path belongs into `onprem.kubernetes.kubeconfigPath`; run `pulumi config set --secret spacelift:kubeconfig < kubeconfig.yaml`",
    ),
    wrongSecret(
      "a licence that is no token",
      { licenseToken: "planted" },
      `\`spacelift:licenseToken\`: must be a JWT: three parts with dots between them; ${prompt("licenseToken")}`,
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
    wrongSecret(
      "a licence in quotation marks",
      { licenseToken: `"${samples.licenseToken}"` },
      "`spacelift:licenseToken`: must be a JWT: three parts with dots between them; run `pulumi config set --secret spacelift:licenseToken` and paste the value at the prompt",
    ),
    wrongSecret(
      "what a terminal adds to a paste",
      { registryPassword: "\u001b[200~planted\u001b[201~" },
      "`spacelift:registryPassword`: must be without control characters, as a paste may add them; run `pulumi config set --secret spacelift:registryPassword` and paste the value at the prompt",
    ),
    wrongSecret(
      "a database URL with a port that does not exist",
      { databaseUrl: "postgres://u:planted@h:70000/d?sslmode=verify-full" },
      "`spacelift:databaseUrl`: must have a port between 1 and 65535; run `pulumi config set --secret spacelift:databaseUrl` and paste the value at the prompt",
    ),
    wrongSecret(
      "a database URL whose password is no UTF-8",
      { databaseUrl: "postgres://u:planted%FF@h/d?sslmode=verify-full" },
      "`spacelift:databaseUrl`: must have user and password percent-encoded as UTF-8, without control characters; run `pulumi config set --secret spacelift:databaseUrl` and paste the value at the prompt",
    ),
    wrongSecret(
      "a database URL with a path",
      { databaseUrl: "postgres://u:planted@h/d/e?sslmode=verify-full" },
      "`spacelift:databaseUrl`: must end in the name of the database, percent-encoded as UTF-8; run `pulumi config set --secret spacelift:databaseUrl` and paste the value at the prompt",
    ),
    wrongSecret(
      "a database URL with two modes",
      { databaseUrl: "postgres://u:planted@h/d?sslmode=verify-full&sslmode=disable" },
      "`spacelift:databaseUrl`: must say sslmode once; run `pulumi config set --secret spacelift:databaseUrl` and paste the value at the prompt",
    ),
    wrongSecret(
      "a kubeconfig that is no YAML",
      { kubeconfig: "clusters: [\nusers: planted\n" },
      "`spacelift:kubeconfig`: is not YAML; run `pulumi config set --secret spacelift:kubeconfig < kubeconfig.yaml`",
    ),
    wrongSecret(
      "a kubeconfig with a key twice",
      { kubeconfig: "clusters: []\nusers: []\nusers: [planted]\n" },
      "`spacelift:kubeconfig`: has a key twice; run `pulumi config set --secret spacelift:kubeconfig < kubeconfig.yaml`",
    ),
    wrongSecret(
      "a kubeconfig of empty lines",
      { kubeconfig: `clusters: []\nusers: []${"\n".repeat(400_000)}` },
      "`spacelift:kubeconfig`: has more than 20000 lines; run `pulumi config set --secret spacelift:kubeconfig < kubeconfig.yaml`",
    ),
    wrongSecret(
      "a kubeconfig of two documents",
      { kubeconfig: "clusters: []\nusers: []\n---\nusers: planted\n" },
      "`spacelift:kubeconfig`: is not YAML; run `pulumi config set --secret spacelift:kubeconfig < kubeconfig.yaml`",
    ),
    wrongSecret(
      "a kubeconfig of megabytes",
      { kubeconfig: `clusters: []\nusers: []\n#${"x".repeat(600_000)}\n` },
      "`spacelift:kubeconfig`: has more than 512 KB; run `pulumi config set --secret spacelift:kubeconfig < kubeconfig.yaml`",
    ),
    wrongSecret(
      "credentials of a pool that are empty",
      { workerPoolCredentials: '{"gpu": {"token": "", "privateKey": ""}}' },
      '`spacelift:workerPoolCredentials`: must be JSON of the form {"<pool>": {"token": "<base64>", "privateKey": "<base64>"}}; run `pulumi config set --secret spacelift:workerPoolCredentials < worker-pools.json`',
    ),
  ]);
});
