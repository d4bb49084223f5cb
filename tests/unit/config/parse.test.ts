import assert from "node:assert/strict";
import { parseConfig } from "../../../config/parse";
import { formatProblems } from "../../../config/problems";
import { configured, raw } from "../../support/configurations";
import { problemsOf, rejects, section, wrongFrom } from "../../support/wrong-configurations";

const wrong = wrongFrom(configured);
const storage = section("onprem", "objectStorage");

describe("configurations that cannot be read", () => {
  rejects([
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
  ]);

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

  it("reports every problem at once, sorted by key", () => {
    const config = configured(
      { domain: "https://x", domian: "x", ingress: { replicas: 0 }, tls: { mode: "none" } },
      { licenseToken: undefined },
    );
    const keys = problemsOf(config).map((line) => /`spacelift:([^`]+)`/.exec(line)?.[1]);
    assert.deepEqual(keys, ["domain", "domian", "ingress.replicas", "licenseToken", "tls.mode"]);
  });
});
