import { bucketRoles, defaultBucketName } from "../sections/buckets";
import { type Problem, removeCommand, setCommand } from "../problems";
import type { ReadableSettings } from "../parse";
import type { Rule } from "../rules";
import { type SecretName, secretKeys } from "../secrets";
import { workerPoolCredentialsSchema } from "../secret-formats";

/** The problem of a secret that another choice calls for. */
export const missingSecret = (name: SecretName, why: string): Problem => ({
  key: name,
  problem: `is missing: ${why}`,
  fix: secretKeys[name].fix,
});

/** The problem of a secret that nothing would use. */
export const uselessSecret = (name: SecretName, why: string): Problem => ({
  key: name,
  problem: `has no use: ${why}`,
  fix: removeCommand(name),
});

const license: Rule = (_, secrets) =>
  secrets.licenseToken === undefined
    ? [missingSecret("licenseToken", "Spacelift does not start without it")]
    : [];

const archive: Rule = ({ images }) => {
  if (!images) return [];
  if (images.push && images.archive === undefined) {
    return [
      {
        key: "images.archive",
        problem: "is missing: it holds the images to push",
        fix: `${setCommand("images.archive", "./self-hosted-v3.0.0.tar.gz")}, or \`pulumi config set --path spacelift:images.push false\` if they are in the registry`,
      },
    ];
  }
  if (!images.push && images.archive !== undefined) {
    return [
      {
        key: "images.archive",
        problem: "contradicts `images.push: false`, which takes the images as already there",
        fix: removeCommand("images.archive"),
      },
    ];
  }
  return [];
};

const neverExpired: Rule = ({ buckets }) =>
  (["states", "modules"] as const).flatMap((role) =>
    buckets?.[role].expireAfterDays === undefined
      ? []
      : [
          {
            key: `buckets.${role}.expireAfterDays`,
            problem: "must not be set: these objects are the only copy of what they hold",
            fix: removeCommand(`buckets.${role}.expireAfterDays`),
          },
        ],
  );

const distinctBuckets: Rule = ({ buckets }) => {
  if (!buckets) return [];
  return bucketRoles.flatMap((role) => {
    const { name } = buckets[role];
    const owner = bucketRoles.find((other) => other !== role && buckets[other].name === name);
    // Of two that clash, the one with a chosen name is to be mended; of two chosen ones, the later.
    const isLater = owner !== undefined && bucketRoles.indexOf(owner) < bucketRoles.indexOf(role);
    const isChosen = name !== defaultBucketName(role);
    const toMend = owner !== undefined && isChosen && (isLater || name === defaultBucketName(owner));
    return toMend
      ? [
          {
            key: `buckets.${role}.name`,
            problem: `must be another bucket than that of \`${owner}\`, got "${name}" for both`,
            fix: removeCommand(`buckets.${role}.name`),
          },
        ]
      : [];
  });
};

const binaries: Rule = ({ buckets }) =>
  buckets && !buckets.createBinaries && Object.keys(buckets.binaries).length > 1
    ? [
        {
          key: "buckets.binaries",
          problem: "describes a bucket that is not made",
          fix: `${setCommand("buckets.createBinaries", true)}, or ${removeCommand("buckets.binaries")}`,
        },
      ]
    : [];

const certificateKeys: Rule = ({ tls }, secrets) => {
  if (!tls) return [];
  const wanted = { ca: "caPrivateKey", provided: "tlsPrivateKey" } as const;
  return Object.entries(wanted).flatMap(([mode, name]) => {
    if (tls.mode === mode) {
      return secrets[name] === undefined ? [missingSecret(name, `it is the key of \`tls.certificate\``)] : [];
    }
    return secrets[name] === undefined ? [] : [uselessSecret(name, `only \`tls.mode: ${mode}\` reads it`)];
  });
};

const existingTlsSecret: Rule = ({ tls, namespace }) =>
  tls?.mode === "existingSecret" && namespace?.create === true
    ? [
        {
          key: "tls.mode",
          problem:
            "`existingSecret` needs the Secret `cert` in the namespace beforehand, which contradicts making the namespace",
          fix: `${setCommand("namespace.create", false)}, or use \`tls.mode: provided\``,
        },
      ]
    : [];

/** The mode of the ingress controller, chosen or the target's default. */
const ingressMode = ({ ingress, target }: ReadableSettings): string =>
  ingress?.mode ?? (target === "aks" ? "traefik" : "existing");

const ingressClass: Rule = (settings) => {
  const { ingress, target } = settings;
  if (!ingress || !target) return [];
  const problems: Problem[] = [];
  const mode = ingressMode(settings);
  const existing = mode === "existing";
  if (existing && ingress.className === undefined) {
    problems.push({
      key: "ingress.className",
      problem: "is missing: with an existing controller, it says which one answers",
      fix: setCommand("ingress.className", "nginx"),
    });
  }
  if (!existing && ingress.controller !== undefined) {
    problems.push({
      key: "ingress.controller",
      problem: `contradicts \`ingress.mode: ${mode}\`, which says what the controller is`,
      fix: removeCommand("ingress.controller"),
    });
  }
  const installedOnly = ["serviceAnnotations", "allowedRanges", "helmValues"] as const;
  for (const name of installedOnly) {
    if (existing && Object.keys(ingress[name]).length > 0) {
      problems.push({
        key: `ingress.${name}`,
        problem: "has no use: the existing controller is not installed by this program",
        fix: removeCommand(`ingress.${name}`),
      });
    }
  }
  return problems;
};

const gatewayIngress: Rule = (settings) => {
  const { vcsGateway, ingress, domain, mqtt } = settings;
  const problems: Problem[] = [];
  if (vcsGateway && vcsGateway.domain === domain) {
    problems.push({
      key: "vcsGateway.domain",
      problem: "must be another host name than `domain`: gRPC and HTTP need an Ingress each",
      fix: setCommand("vcsGateway.domain", `vcs-gateway.${domain}`),
    });
  }
  if (mqtt?.domain !== undefined && mqtt.serviceType === "ClusterIP") {
    problems.push({
      key: "mqtt.serviceType",
      problem: "must not be ClusterIP when `mqtt.domain` tells workers outside the cluster to connect",
      fix: setCommand("mqtt.serviceType", "LoadBalancer"),
    });
  }
  const controller = ingress?.controller ?? "other";
  if (
    vcsGateway &&
    ingress &&
    ingressMode(settings) === "existing" &&
    controller === "other" &&
    Object.keys(ingress.vcsGatewayAnnotations).length === 0
  ) {
    problems.push({
      key: "ingress.controller",
      problem: "is missing: the VCS gateway speaks gRPC, which every controller is told in its own way",
      fix: `${setCommand("ingress.controller", "ingress-nginx")} (or traefik), or say it in \`ingress.vcsGatewayAnnotations\``,
    });
  }
  return problems;
};

const slackSecrets: Rule = ({ slack }, secrets) =>
  (["slackClientSecret", "slackSigningSecret"] as const).flatMap((name) => {
    if (slack) return secrets[name] === undefined ? [missingSecret(name, "`slack.clientId` is set")] : [];
    return secrets[name] === undefined ? [] : [uselessSecret(name, "`slack.clientId` is not set")];
  });

const poolNames: Rule = ({ workers, namespace }, secrets) => {
  if (!workers) return [];
  const problems: Problem[] = [];
  const names = workers.pools.map((pool) => pool.name);
  names.forEach((name, index) => {
    if (names.indexOf(name) < index) {
      problems.push({
        key: `workers.pools[${index}].name`,
        problem: `must be unique, got "${name}" again`,
        fix: removeCommand(`workers.pools[${index}]`),
      });
    }
  });
  if (workers.enabled && workers.namespace === namespace?.name) {
    problems.push({
      key: "workers.namespace",
      problem: "must be another namespace than Spacelift's own: runs execute code that is not yours",
      fix: setCommand("workers.namespace", "spacelift-workers"),
    });
  }
  for (const name of credentialNames(secrets.workerPoolCredentials)) {
    if (!names.includes(name)) {
      problems.push({
        key: "workerPoolCredentials",
        problem: `holds credentials of "${name}", which is not in \`workers.pools\``,
        fix: setCommand(
          "workers.pools",
          [...names, name].map((each) => ({ name: each })),
        ),
      });
    }
  }
  return problems;
};

function credentialNames(json: string | undefined): string[] {
  if (json === undefined) return [];
  try {
    return Object.keys(workerPoolCredentialsSchema.parse(JSON.parse(json)));
  } catch {
    // The format of the secret is reported where it is read.
    return [];
  }
}

const apiKey: Rule = ({ workers }, secrets) => {
  if (!workers) return [];
  if (workers.apiKeyId !== undefined && secrets.workerApiKeySecret === undefined) {
    return [missingSecret("workerApiKeySecret", "it belongs to `workers.apiKeyId`")];
  }
  if (workers.apiKeyId === undefined && secrets.workerApiKeySecret !== undefined) {
    return [
      {
        key: "workers.apiKeyId",
        problem: "is missing: `workerApiKeySecret` is the secret of a key without an id",
        fix: setCommand("workers.apiKeyId", "01HX0000000000000000000000"),
      },
    ];
  }
  return [];
};

const chartReferences: Rule = ({ charts }) => {
  if (!charts) return [];
  return (["spacelift", "workerController", "ingress", "certManager"] as const).flatMap((name) => {
    const { chart, repository } = charts[name];
    const isReference = chart !== undefined && (chart.startsWith("oci://") || /^[./~]/.test(chart));
    return isReference && repository !== undefined
      ? [
          {
            key: `charts.${name}.repository`,
            problem: "contradicts `chart`, which already says where the chart is",
            fix: removeCommand(`charts.${name}.repository`),
          },
        ]
      : [];
  });
};

const emptyProxy: Rule = ({ proxy }) =>
  proxy && proxy.http === undefined && proxy.https === undefined
    ? [
        {
          key: "proxy",
          problem: "names no proxy",
          fix: `${setCommand("proxy.https", "http://proxy.example.com:3128")}, or ${removeCommand("proxy")}`,
        },
      ]
    : [];

/** Rules that hold on every target. */
export const platformNeutralRules: readonly Rule[] = [
  license,
  archive,
  neverExpired,
  distinctBuckets,
  binaries,
  certificateKeys,
  existingTlsSecret,
  ingressClass,
  gatewayIngress,
  slackSecrets,
  poolNames,
  apiKey,
  chartReferences,
  emptyProxy,
];
