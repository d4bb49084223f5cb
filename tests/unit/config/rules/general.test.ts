import { configured } from "../../../support/configurations";
import { prompt, rejects, wrongFrom, wrongSecretFrom } from "../../../support/wrong-configurations";

const wrong = wrongFrom(configured);
const wrongSecret = wrongSecretFrom(configured);

describe("rules of the licence, the archive, the charts and what is switched on beside Spacelift", () => {
  rejects([
    wrong(
      "a password of an administrator who may not log in",
      { adminLogin: false },
      "`spacelift:adminPassword`: has no use: `adminLogin: false` takes the administrator's login away; run `pulumi config rm spacelift:adminPassword`",
      { adminPassword: "planted-password" },
    ),
    wrong(
      "a port in the host of the Datadog agent",
      { telemetry: { vendor: "Datadog", agentHost: "datadog.example.com:8126" } },
      '`spacelift:telemetry.agentHost`: must be a host name or address, without scheme, port or path, got "datadog.example.com:8126"; run `pulumi config set --path spacelift:telemetry.agentHost datadog-agent.datadog.svc.cluster.local`',
    ),
    wrong(
      "images to push without an archive",
      { images: { push: true } },
      "`spacelift:images.archive`: is missing: it holds the images to push; run `pulumi config set --path spacelift:images.archive ./self-hosted-v3.0.0.tar.gz`, or `pulumi config set --path spacelift:images.push false` if they are in the registry",
    ),
    wrong(
      "a way to push where nothing is pushed",
      { images: { method: "docker" } },
      "`spacelift:images.method`: has no use: `images.push` is off; run `pulumi config rm --path spacelift:images.method`",
    ),
    wrong(
      "an archive that is not pushed",
      { images: { archive: "./self-hosted-v3.0.0.tar.gz" } },
      "`spacelift:images.archive`: contradicts `images.push: false`, which takes the images as already there; run `pulumi config rm --path spacelift:images.archive`",
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
      "a repository for a chart that is elsewhere",
      {
        charts: {
          certManager: { chart: "oci://r.example.com/cert-manager", repository: "https://c.example.com" },
        },
      },
      "`spacelift:charts.certManager.repository`: contradicts `chart`, which already says where the chart is; run `pulumi config rm --path spacelift:charts.certManager.repository`",
    ),
    wrongSecret(
      "no licence",
      { licenseToken: undefined },
      `\`spacelift:licenseToken\`: is missing: Spacelift does not start without it; ${prompt("licenseToken")}`,
    ),
  ]);
});
