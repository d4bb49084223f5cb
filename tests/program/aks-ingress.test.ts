import assert from "node:assert/strict";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type SpaceliftOutputs, program } from "../../program";
import { releaseImages, writeArchive } from "../support/archives";
import { configuredAks, given, givenIds } from "../support/azure-configurations";
import { runnable } from "../support/configurations";
import { withExchange } from "../support/exchange";
import { SecretValue, absent } from "../support/inventory";
import { type RunResult, run, valueOf } from "../support/run";
import { scratchFolder } from "../support/scratch";

const releaseType = "kubernetes:helm.sh/v3:Release";
const azure = (name: string): string => `service.beta.kubernetes.io/azure-${name}`;
const selfSigned = { mode: "selfSigned", email: undefined };

describe("the way in on AKS", () => {
  const folder = scratchFolder();
  const exchange = withExchange();
  let archive: string;
  beforeEach(async () => {
    archive = await writeArchive(folder(), "v4.0.0", await releaseImages("v4.0.0"));
  });

  const deploy = (
    settings: Readonly<Record<string, unknown>>,
    aks: Readonly<Record<string, unknown>> = {},
  ): Promise<RunResult<SpaceliftOutputs>> =>
    run(
      () => program({ projectDirectory: folder(), archiveCacheDirectory: join(folder(), "cache") }),
      runnable(
        configuredAks({
          images: { archive },
          ...settings,
          aks: { registry: { loginUrl: exchange.url() }, ...aks },
        }),
      ),
    );

  it("is a private address without a public one, to which records and outputs lead", async () => {
    const { inventory, result } = await deploy(
      { ingress: { internal: true }, tls: selfSigned },
      { dns: { zoneId: givenIds.dnsZone } },
    );
    inventory.count("azure-native:network:PublicIPAddress", 0);
    inventory.has(releaseType, "ingress-release", {
      values: {
        service: {
          annotations: {
            [azure("load-balancer-internal")]: "true",
            [azure("load-balancer-ipv4")]: "10.30.3.254",
            [azure("load-balancer-internal-subnet")]: absent,
            [azure("pip-name")]: absent,
          },
        },
      },
    });
    inventory.has("azure-native:dns:RecordSet", "platform-dns-spacelift-example-com", {
      aRecords: [{ ipv4Address: "10.30.3.254" }],
    });
    assert.deepEqual(await valueOf(result.dnsRecords), [
      { name: "spacelift.example.com", type: "A", value: "10.30.3.254" },
    ]);
    const platform = await valueOf(pulumi.output(result.platform));
    assert.equal(platform["privateIpAddress"], "10.30.3.254");
    assert.equal(platform["publicIpAddress"], undefined);
    assert.doesNotMatch(await valueOf(result.shell), /PUBLIC_IP_ADDRESS/);
  });

  it("may be in a subnet of its own, on which the cluster gets its right", async () => {
    const subnet = given("Microsoft.Network/virtualNetworks/subnets", "corporate", "ingress");
    const { nodeSubnet, databaseSubnet } = givenIds;
    const { inventory } = await deploy(
      { ingress: { internal: true, address: "10.0.9.10" }, tls: selfSigned },
      { network: { nodeSubnetId: nodeSubnet, databaseSubnetId: databaseSubnet, ingressSubnetId: subnet } },
    );
    inventory.has("azure-native:authorization:RoleAssignment", "platform-ingress-subnet-role", {
      scope: subnet,
    });
    inventory.has(releaseType, "ingress-release", {
      values: {
        service: {
          annotations: {
            [azure("load-balancer-ipv4")]: "10.0.9.10",
            [azure("load-balancer-internal-subnet")]: "ingress",
          },
        },
      },
    });
    assert.ok(
      inventory
        .one(releaseType, "ingress-release")
        .options.dependsOn.includes("platform-ingress-subnet-role"),
    );
  });

  it("survives a zone, is restricted where it is said, and cuts no stream of agents", async () => {
    const { inventory } = await deploy({
      ingress: { allowedRanges: ["203.0.113.0/24"] },
      tls: selfSigned,
      vcsGateway: { domain: "vcs.example.com" },
      proxy: { https: "http://proxy.example.com:3128" },
    });
    inventory.has(releaseType, "ingress-release", {
      values: {
        deployment: { replicas: 3 },
        topologySpreadConstraints: [
          { topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "DoNotSchedule" },
          { topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway" },
        ],
        ports: { websecure: { transport: { respondingTimeouts: { readTimeout: "0s" } } } },
        service: {
          spec: {
            type: "LoadBalancer",
            externalTrafficPolicy: "Cluster",
            // The pods' own range: to kube-proxy, pods that call the domain are clients as well.
            loadBalancerSourceRanges: ["203.0.113.0/24", "10.244.0.0/16"],
          },
        },
      },
    });
    const data = inventory.one("kubernetes:core/v1:Secret", "spacelift-shared").inputs["stringData"];
    const env = (data instanceof SecretValue ? data.value : data) as Record<string, string>;
    assert.match(env["NO_PROXY"] ?? "", /,10\.244\.0\.0\/16$/);
  });

  it("makes no address for a Service without load balancer", async () => {
    const { inventory, result } = await deploy({ ingress: { serviceType: "ClusterIP" } }, { size: "dev" });
    inventory.count("azure-native:network:PublicIPAddress", 0);
    inventory.has(releaseType, "ingress-release", {
      values: { deployment: { replicas: 1 }, service: { spec: { type: "ClusterIP" } } },
    });
    assert.equal((await valueOf(result.dnsRecords))[0]?.type, "A or CNAME");
  });
});
