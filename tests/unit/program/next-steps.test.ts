import assert from "node:assert/strict";
import { onprem } from "../../../config/onprem/settings";
import { buckets } from "../../../config/sections/buckets";
import { type NextStepsOptions, nextSteps } from "../../../program/next-steps";

const settings: NextStepsOptions["settings"] = {
  version: "v4.0.0",
  domain: "spacelift.example.com",
  adminLogin: true,
  adminUsername: "admin",
  mqtt: { serviceType: "ClusterIP", staticAddress: false, annotations: {}, allowedRanges: [] },
  tls: { mode: "selfSigned" },
  certManager: { install: true, namespace: "certificates", createNamespace: true, helmValues: {} },
  workers: {
    enabled: false,
    namespace: "spacelift-workers",
    createNamespace: true,
    controllerNamespace: "controller",
    createControllerNamespace: true,
    apiKeyType: "secret",
    pools: [],
    helmValues: {},
  },
  onprem: undefined,
  buckets: buckets.parse({}),
};

const withStorage = (objectStorage: object): NextStepsOptions["settings"] => ({
  ...settings,
  onprem: onprem.parse({ registry: { address: "registry.example.com" }, objectStorage }),
});

const steps = (more: Partial<NextStepsOptions> = {}): string =>
  nextSteps({
    settings,
    records: [],
    waitingPools: [],
    generatedKey: false,
    givenAdminPassword: false,
    ...more,
  }).join("\n");

describe("nextSteps", () => {
  it("asks for escrow of a key that nobody has a copy of", () => {
    assert.match(steps({ generatedKey: true }), /escrow/);
    assert.doesNotMatch(steps(), /escrow/);
  });

  it("lets browsers upload: on MinIO by a setting of the server, elsewhere by a rule of the bucket", () => {
    const minio = withStorage({ endpoint: "minio.example.com" });
    assert.match(
      steps({ settings: minio }),
      /^Let browsers upload to MinIO: `mc admin config set <alias> api cors_allow_origin=https:\/\/spacelift\.example\.com`/m,
    );
    const s3 = withStorage({ kind: "s3", endpoint: "s3.example.com:9000" });
    assert.match(
      steps({ settings: s3 }),
      /`aws --endpoint-url https:\/\/s3\.example\.com:9000 s3api put-bucket-cors --bucket spacelift-uploads --cors-configuration '\{"CORSRules":\[.*"https:\/\/spacelift\.example\.com".*'`/,
    );
  });

  it("finds the CA where cert-manager is", () => {
    assert.match(
      steps(),
      /kubectl -n certificates get secret spacelift-ca -o jsonpath='\{\.data\.tls\\\.crt\}'/,
    );
  });

  it("says when the administrator's login goes, and how, and nothing once it is gone", () => {
    assert.match(steps(), /Log in at https:\/\/spacelift\.example\.com\/admin-login as admin/);
    assert.match(
      steps(),
      /When single sign-on lets in .* take that login away: `pulumi config set spacelift:adminLogin false` and `pulumi up`/,
    );
    assert.match(
      steps({ givenAdminPassword: true }),
      /`pulumi config rm spacelift:adminPassword`, `pulumi config set spacelift:adminLogin false`/,
    );
    assert.doesNotMatch(steps({ settings: { ...settings, adminLogin: false } }), /admin/i);
  });

  it("tells workers outside of the way without the broker, from the release that has it", () => {
    const mqtt = { ...settings.mqtt, domain: "mqtt.example.com" };
    const of = (version: string): string => steps({ settings: { ...settings, version, mqtt } });
    assert.match(of("v6.3.0"), /need not reach mqtt\.example\.com: .*SPACELIFT_WORKER_COMMS_PROTOCOL=poll/);
    assert.doesNotMatch(of("v6.2.0"), /COMMS/);
    assert.doesNotMatch(steps({ settings: { ...settings, version: "v6.3.0" } }), /COMMS/);
  });

  it("tells each release how pools get credentials", () => {
    const waitingPools = ["default", "gpu"];
    const of = (version: string): string => steps({ waitingPools, settings: { ...settings, version } });
    assert.match(
      of("v3.7.0"),
      /worker pools default, gpu credentials: create an API key .*workerApiKeySecret/,
    );
    assert.doesNotMatch(of("v3.7.0"), /openssl/);
    assert.match(
      of("v3.6.9"),
      /worker pools default, gpu credentials: .*openssl req .*workerPoolCredentials </,
    );
    assert.doesNotMatch(of("v3.6.9"), /API key/);
  });

  it("asks for the records nobody makes", () => {
    const record = { name: "spacelift.example.com", type: "A", value: "192.0.2.1" } as const;
    assert.match(steps({ records: [record] }), /spacelift\.example\.com A 192\.0\.2\.1/);
    assert.doesNotMatch(steps(), /DNS records/);
  });
});
