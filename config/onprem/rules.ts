import { type Problem, removeCommand, setCommand } from "../problems";
import { isEncrypted } from "../database-url";
import { type Rule, missingSecret, onpremRule as onprem } from "../rules/rule";
import { storageRules } from "./storage-rules";

const section: Rule = (settings) =>
  settings.target === "onprem" && "onprem" in settings && settings.onprem === undefined
    ? [
        {
          key: "onprem",
          problem: "is missing: it says which cluster, registry and MinIO to use",
          fix: setCommand("onprem", {
            registry: { address: "registry.example.com", username: "spacelift" },
            objectStorage: { endpoint: "minio.example.com", adminUser: "minio" },
          }),
        },
      ]
    : [];

const database = onprem((own, _, { databaseUrl, databaseReadOnlyUrl }) => {
  if (databaseUrl === undefined)
    return [missingSecret("databaseUrl", "on-prem, the database exists already")];
  const urls = { databaseUrl, databaseReadOnlyUrl };
  return Object.entries(urls).flatMap(([key, url]) => {
    if (url === undefined || own.database.allowUnverified || isEncrypted(url)) return [];
    return [
      {
        key,
        problem:
          "must say sslmode=verify-full (or verify-ca, require): without it the password may travel in clear",
        fix: `add the parameter and set it again, or ${setCommand("onprem.database.allowUnverified", true)}`,
      },
    ];
  });
});

const kubeconfig = onprem((own, _, secrets) =>
  own.kubernetes.kubeconfigPath !== undefined && secrets.kubeconfig !== undefined
    ? [
        {
          key: "onprem.kubernetes.kubeconfigPath",
          problem: "contradicts the secret `kubeconfig`: one of them names the cluster",
          fix: removeCommand("onprem.kubernetes.kubeconfigPath"),
        },
      ]
    : [],
);

const registry = onprem(({ registry: own }, settings, secrets) => {
  const problems: Problem[] = [];
  if (own.username !== undefined && own.open) {
    problems.push({
      key: "onprem.registry.open",
      problem: "contradicts `onprem.registry.username`",
      fix: removeCommand("onprem.registry.open"),
    });
  }
  if (own.username !== undefined && secrets.registryPassword === undefined) {
    problems.push(missingSecret("registryPassword", "it belongs to `onprem.registry.username`"));
  }
  if (own.username === undefined && secrets.registryPassword !== undefined) {
    problems.push({
      key: "onprem.registry.username",
      problem: "is missing: `registryPassword` is a password without a user",
      fix: setCommand("onprem.registry.username", "spacelift"),
    });
  }
  if (
    settings.images?.push &&
    own.username === undefined &&
    !own.open &&
    secrets.registryPassword === undefined
  ) {
    problems.push({
      key: "onprem.registry.username",
      problem: "is missing: images are pushed with it",
      fix: `${setCommand("onprem.registry.username", "spacelift")}, or ${setCommand("onprem.registry.open", true)} for a registry without credentials`,
    });
  }
  if (own.plainHttp && own.insecureSkipVerify) {
    problems.push({
      key: "onprem.registry.insecureSkipVerify",
      problem: "has no use: with `plainHttp` there is no certificate",
      fix: removeCommand("onprem.registry.insecureSkipVerify"),
    });
  }
  if (own.plainHttp && settings.images?.push && settings.images.method === "docker") {
    problems.push({
      key: "onprem.registry.plainHttp",
      problem: "contradicts `images.method: docker`, which pushes over TLS alone",
      fix: `${removeCommand("images.method")}, or ${removeCommand("onprem.registry.plainHttp")}`,
    });
  }
  return problems;
});

const backup = onprem((own, { upgrade }, { databaseUrl }) => {
  if (upgrade?.backup !== true) {
    return own.backup === undefined
      ? []
      : [
          {
            key: "onprem.backup",
            problem: "has no effect: no restore point is taken",
            fix: `${setCommand("upgrade.backup", true)}, or ${removeCommand("onprem.backup")}`,
          },
        ];
  }
  if (databaseUrl === undefined || !/[?&]sslrootcert=/.test(databaseUrl)) return [];
  return [
    {
      key: "upgrade.backup",
      problem:
        "cannot be: `sslrootcert` of the secret `databaseUrl` is a file that the pod of the dump does not have",
      fix: `leave \`sslrootcert\` out of the URL and ${setCommand("onprem.database.caCertificate", "./postgres-ca.pem")}`,
    },
  ];
});

export const onpremRules: readonly Rule[] = [
  section,
  database,
  kubeconfig,
  registry,
  ...storageRules,
  backup,
];
