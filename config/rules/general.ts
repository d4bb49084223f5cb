import { isLocalChart } from "../formats";
import { removeCommand, setCommand } from "../problems";
import { type Rule, missingSecret, uselessKey } from "./rule";

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
  if (!images.push && images.method === "docker") {
    return [
      {
        key: "images.method",
        problem: "has no use: `images.push` is off",
        fix: removeCommand("images.method"),
      },
    ];
  }
  return [];
};

const slackSecrets: Rule = ({ slack }, secrets) =>
  (["slackClientSecret", "slackSigningSecret"] as const).flatMap((name) => {
    if (slack) return secrets[name] === undefined ? [missingSecret(name, "`slack.clientId` is set")] : [];
    return secrets[name] === undefined ? [] : [uselessKey(name, "`slack.clientId` is not set")];
  });

const adminLogin: Rule = ({ adminLogin: isOn }, secrets) =>
  isOn === false && secrets.adminPassword !== undefined
    ? [uselessKey("adminPassword", "`adminLogin: false` takes the administrator's login away")]
    : [];

const chartReferences: Rule = ({ charts }) => {
  if (!charts) return [];
  return (["spacelift", "workerController", "ingress", "certManager"] as const).flatMap((name) => {
    const { chart, repository, version } = charts[name];
    const isLocal = chart !== undefined && isLocalChart(chart);
    const isReference = isLocal || chart?.startsWith("oci://") === true;
    const problems = [];
    if (isReference && repository !== undefined) {
      problems.push({
        key: `charts.${name}.repository`,
        problem: "contradicts `chart`, which already says where the chart is",
        fix: removeCommand(`charts.${name}.repository`),
      });
    }
    if (isLocal && version !== undefined) {
      problems.push({
        key: `charts.${name}.version`,
        problem: "has no effect: a local chart has the version it has",
        fix: removeCommand(`charts.${name}.version`),
      });
    }
    return problems;
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

/** Rules of the licence, the archive, the charts and what is switched on beside Spacelift. */
export const generalRules: readonly Rule[] = [
  license,
  adminLogin,
  archive,
  slackSecrets,
  chartReferences,
  emptyProxy,
];
