import { type Problem, removeCommand, setCommand } from "../problems";
import { type ReadableSettings, type Rule, missingSecret, uselessSecret } from "./rule";

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
  if (existing && !ingress.createNamespace) {
    problems.push({
      key: "ingress.createNamespace",
      problem: "has no use: the existing controller is not installed by this program",
      fix: removeCommand("ingress.createNamespace"),
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

const acmeServer: Rule = ({ tls }) => {
  if (tls?.mode !== "acme" || tls.server === undefined) return [];
  const useless = [
    ...(tls.stagingIssuer ? ["stagingIssuer"] : []),
    ...(tls.environment === "staging" ? ["environment"] : []),
  ];
  return useless.map((key) => ({
    key: `tls.${key}`,
    problem: "contradicts `tls.server`: it is of Let's Encrypt alone",
    fix: removeCommand(`tls.${key}`),
  }));
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

/** Rules of the ways in: certificates, ingress, VCS gateway and broker. */
export const accessRules: readonly Rule[] = [
  certificateKeys,
  existingTlsSecret,
  acmeServer,
  ingressClass,
  gatewayIngress,
];
