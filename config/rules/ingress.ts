import { aksIngressRules } from "../aks/rules/ingress";
import { type Problem, removeCommand, setCommand } from "../problems";
import { ingressMode, missingSecret, type Rule, uselessKey } from "./rule";

const certificateKeys: Rule = ({ tls }, secrets) => {
  if (!tls) return [];
  const wanted = { ca: "caPrivateKey", provided: "tlsPrivateKey" } as const;
  return Object.entries(wanted).flatMap(([mode, name]) => {
    if (tls.mode === mode) {
      return secrets[name] === undefined ? [missingSecret(name, `it is the key of \`tls.certificate\``)] : [];
    }
    return secrets[name] === undefined ? [] : [uselessKey(name, `only \`tls.mode: ${mode}\` reads it`)];
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

const isSet = (value: unknown): boolean =>
  typeof value === "object" && value !== null
    ? Object.keys(value).length > 0
    : value !== undefined && value !== false;

const controller: Rule = (settings) => {
  const { ingress, target } = settings;
  if (!ingress || !target) return [];
  const problems: Problem[] = [];
  const mode = ingressMode(settings);
  if (mode !== "existing") {
    return ingress.controller === undefined
      ? []
      : [
          {
            key: "ingress.controller",
            problem: `contradicts \`ingress.mode: ${mode}\`, which says what the controller is`,
            fix: removeCommand("ingress.controller"),
          },
        ];
  }
  if (ingress.className === undefined) {
    problems.push({
      key: "ingress.className",
      problem: "is missing: with an existing controller, it says which one answers",
      fix: setCommand("ingress.className", "nginx"),
    });
  }
  const installedOnly = [
    "replicas",
    "serviceType",
    "serviceAnnotations",
    "externalTrafficPolicy",
    "allowedRanges",
    "internal",
    "helmValues",
  ] as const;
  const why = "the existing controller is not installed by this program";
  return [
    ...problems,
    ...(ingress.createNamespace ? [] : [uselessKey("ingress.createNamespace", why)]),
    ...installedOnly.filter((name) => isSet(ingress[name])).map((name) => uselessKey(`ingress.${name}`, why)),
  ];
};

const gateway: Rule = (settings) => {
  const { vcsGateway, ingress, domain } = settings;
  if (!vcsGateway) {
    return "vcsGateway" in settings && isSet(ingress?.vcsGatewayAnnotations)
      ? [uselessKey("ingress.vcsGatewayAnnotations", "there is no VCS gateway without `vcsGateway.domain`")]
      : [];
  }
  const problems: Problem[] = [];
  if (vcsGateway.domain === domain) {
    problems.push({
      key: "vcsGateway.domain",
      problem: "must be another host name than `domain`: gRPC and HTTP need an Ingress each",
      fix: setCommand("vcsGateway.domain", `vcs-gateway.${domain}`),
    });
  }
  if (
    ingress &&
    ingressMode(settings) === "existing" &&
    (ingress.controller ?? "other") === "other" &&
    !isSet(ingress.vcsGatewayAnnotations)
  ) {
    problems.push({
      key: "ingress.controller",
      problem: "is missing: the VCS gateway speaks gRPC, which every controller is told in its own way",
      fix: `${setCommand("ingress.controller", "ingress-nginx")} (or traefik), or say it in \`ingress.vcsGatewayAnnotations\``,
    });
  }
  return problems;
};

const service: Rule = (settings) => {
  const { ingress } = settings;
  if (!ingress || ingressMode(settings) === "existing") return [];
  const type = ingress.serviceType ?? "LoadBalancer";
  if (type === "LoadBalancer") return [];
  const why = `a Service of type ${type} has no load balancer`;
  return [
    ...(["allowedRanges", "internal"] as const)
      .filter((name) => isSet(ingress[name]))
      .map((name) => uselessKey(`ingress.${name}`, why)),
    ...(type === "ClusterIP" && isSet(ingress.externalTrafficPolicy)
      ? [
          uselessKey(
            "ingress.externalTrafficPolicy",
            "nothing from outside reaches a Service of type ClusterIP",
          ),
        ]
      : []),
  ];
};

const everybody: readonly string[] = ["0.0.0.0/0", "::/0"];

/** Let's Encrypt asks for an HTTP-01 challenge from addresses that it does not publish. A server of one's own may reach it. */
const challenge: Rule = (settings) => {
  const { ingress, tls, target } = settings;
  if (!ingress || tls?.mode !== "acme" || tls.challenge !== "http01" || tls.server !== undefined) return [];
  if (ingressMode(settings) === "existing") return [];
  const isRestricted =
    ingress.allowedRanges.length > 0 && !ingress.allowedRanges.some((range) => everybody.includes(range));
  const otherProof =
    target === "aks"
      ? `${setCommand("tls.challenge", "dns01")} and set \`aks.dns.zoneId\` to the id of your DNS zone`
      : "use `tls.mode` existingIssuer, ca or provided";
  const why = "Let's Encrypt, which proves the domain by HTTP-01 from addresses that nobody knows";
  return [
    ...(isRestricted
      ? [
          {
            key: "ingress.allowedRanges",
            problem: `keeps out ${why}`,
            fix: `${otherProof}, or ${removeCommand("ingress.allowedRanges")}`,
          },
        ]
      : []),
    ...(ingress.internal && target === "aks"
      ? [
          {
            key: "ingress.internal",
            problem: `keeps out ${why}`,
            fix: `${otherProof}, or ${removeCommand("ingress.internal")}`,
          },
        ]
      : []),
  ];
};

const onpremInternal: Rule = ({ target, ingress }) =>
  target === "onprem" &&
  ingress?.internal === true &&
  ingress.mode !== undefined &&
  ingress.mode !== "existing"
    ? [
        {
          key: "ingress.internal",
          problem: "has no use: on-prem, the load balancer is told by annotations of its own kind",
          fix: `${removeCommand("ingress.internal")}, and put the annotation into \`ingress.serviceAnnotations\``,
        },
      ]
    : [];

/** Rules of the certificates, the ingress controller, its Service and the VCS gateway. */
export const ingressRules: readonly Rule[] = [
  certificateKeys,
  existingTlsSecret,
  acmeServer,
  controller,
  gateway,
  service,
  challenge,
  onpremInternal,
  ...aksIngressRules,
];
