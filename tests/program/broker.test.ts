import assert from "node:assert/strict";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { type SpaceliftOutputs, program } from "../../program";
import type { ExternalWorkers } from "../../program/external-workers";
import { releaseImages, writeArchive } from "../support/archives";
import { configuredAks, givenIds } from "../support/azure-configurations";
import { selfSigned } from "../support/certificates";
import { configured, runnable, type TestConfig } from "../support/configurations";
import { withExchange } from "../support/exchange";
import { SecretValue } from "../support/inventory";
import { type RunResult, run, valueOf } from "../support/run";
import { scratchFolder } from "../support/scratch";

const releaseType = "kubernetes:helm.sh/v3:Release";
const policyType = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const azure = (name: string): string => `service.beta.kubernetes.io/azure-${name}`;
const outside = { domain: "mqtt.example.com", serviceType: "LoadBalancer" };

describe("workers outside the cluster", () => {
  const folder = scratchFolder();
  const exchange = withExchange();
  let archive: string;
  beforeEach(async () => {
    archive = await writeArchive(folder(), "v4.0.0", await releaseImages("v4.0.0"));
  });

  const deploy = (config: TestConfig): Promise<RunResult<SpaceliftOutputs>> =>
    run(
      () => program({ projectDirectory: folder(), archiveCacheDirectory: join(folder(), "cache") }),
      runnable(config),
    );
  const onAks = (
    mqtt: object,
    aks: Readonly<Record<string, unknown>> = {},
  ): Promise<RunResult<SpaceliftOutputs>> =>
    deploy(
      configuredAks({ images: { archive }, mqtt, aks: { registry: { loginUrl: exchange.url() }, ...aks } }),
    );
  const told = async ({ result }: RunResult<SpaceliftOutputs>): Promise<ExternalWorkers> => {
    assert.ok(result.externalWorkers);
    assert.equal(await pulumi.isSecret(result.externalWorkers), false);
    return valueOf(result.externalWorkers);
  };

  it("reach the broker on AKS by a static address of its own, to which its record leads", async () => {
    const { inventory, result } = await onAks(
      { ...outside, staticAddress: true, allowedRanges: ["203.0.113.0/24"] },
      { dns: { zoneId: givenIds.dnsZone } },
    );
    inventory.has("azure-native:resources:ResourceGroup", "platform-mqtt-group", {
      resourceGroupName: "spacelift-mqtt",
    });
    inventory.has("azure-native:network:PublicIPAddress", "platform-mqtt-ip", {
      publicIpAddressName: "spacelift-mqtt-ip",
      publicIPAllocationMethod: "Static",
      sku: { name: "Standard" },
    });
    const values = inventory.one(releaseType, "spacelift-release").inputs["values"];
    const { mqttService } = (values instanceof SecretValue ? values.value : values) as Record<string, object>;
    assert.deepEqual(mqttService, {
      type: "LoadBalancer",
      port: 1984,
      // No path to probe: the port is no HTTP.
      annotations: {
        [azure("load-balancer-resource-group")]: "spacelift-mqtt",
        [azure("pip-name")]: "spacelift-mqtt-ip",
      },
      // The pods' own range: the controller of workers in the cluster is told the same name.
      additionalSpec: { loadBalancerSourceRanges: ["203.0.113.0/24", "10.244.0.0/16"] },
    });
    const { dependsOn } = inventory.one(releaseType, "spacelift-release").options;
    for (const name of ["platform-mqtt-ip", "platform-mqtt-role"]) {
      assert.ok(dependsOn.includes(name), `${name} among ${dependsOn.join(", ")}`);
    }
    const record = inventory.one("azure-native:dns:RecordSet", "platform-dns-mqtt-example-com").inputs;
    const { brokerIpAddress = "" } = await valueOf(pulumi.output(result.platform));
    assert.deepEqual(record["aRecords"], [{ ipv4Address: brokerIpAddress }]);
    assert.deepEqual((await valueOf(result.dnsRecords))[1], {
      name: "mqtt.example.com",
      type: "A",
      value: brokerIpAddress,
    });
    assert.doesNotMatch((await valueOf(result.nextSteps)).join("\n"), /Create the DNS records/);
  });

  it("have no address made for them unless it is asked for", async () => {
    const { inventory, result } = await onAks(outside, { dns: { zoneId: givenIds.dnsZone } });
    inventory.count("azure-native:network:PublicIPAddress", 1);
    inventory.count("azure-native:dns:RecordSet", 1);
    assert.match((await valueOf(result.nextSteps)).join("\n"), /DNS records: mqtt\.example\.com A or CNAME/);
  });

  it("are let in by network policies when they are told a way, and nobody from outside otherwise", async () => {
    const peers = async (mqtt: object): Promise<unknown> => {
      const { inventory } = await deploy(configured({ mqtt }));
      const { ingress } = inventory.one(policyType, "spacelift-policy-server").inputs["spec"] as {
        ingress: { from?: unknown; ports: { port: number }[] }[];
      };
      return ingress.filter(({ ports }) => ports.some(({ port }) => port === 1984)).map(({ from }) => from);
    };
    assert.deepEqual(await peers(outside), [undefined]);
    for (const from of (await peers({})) as unknown[]) assert.ok(Array.isArray(from) && from.length > 0);
  });

  it("are told what they need, and no secret", async () => {
    const ca = selfSigned("Example CA");
    const run = await deploy(
      configured(
        {
          mqtt: {
            ...outside,
            address: "192.0.2.20",
            annotations: { "metallb.io/loadBalancerIPs": "192.0.2.20" },
          },
          tls: { mode: "ca", email: undefined, certificate: ca.certificate },
          buckets: { createBinaries: true },
        },
        { caPrivateKey: ca.privateKey },
      ),
    );
    const { cloudInit, ...rest } = await told(run);
    assert.deepEqual(rest, {
      brokerEndpoint: "tls://mqtt.example.com:1984",
      serverUrl: "https://spacelift.example.com",
      objectStorageUrl: "https://minio.example.com",
      caCertificates: ca.certificate,
      launcherImage: "registry.example.com/spacelift-launcher:v3.0.0",
      binariesBucket: "spacelift-binaries",
    });
    const { ca_certs: trust } = parse(cloudInit) as { ca_certs: { trusted: string[] } };
    assert.deepEqual(
      trust.trusted.map((pem) => pem.trim()),
      [ca.certificate.trim()],
    );
    assert.deepEqual((await valueOf(run.result.dnsRecords)).at(-1), {
      name: "mqtt.example.com",
      type: "A",
      value: "192.0.2.20",
    });
  });

  it("are told of no authority and no bucket that there is not, and nothing where they have no way", async () => {
    const told0 = await told(await onAks(outside));
    assert.deepEqual(Object.keys(told0).sort(), [
      "brokerEndpoint",
      "cloudInit",
      "launcherImage",
      "objectStorageUrl",
      "serverUrl",
    ]);
    assert.equal("externalWorkers" in (await onAks({})).result, false);
  });
});
