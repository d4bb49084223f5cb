import assert from "node:assert/strict";
import { podDemands } from "../../../../preflight/cluster/demand";
import { clusterLayout } from "../../../../preflight/cluster/layout";
import { requiredRights } from "../../../../preflight/cluster/required-rights";
import { program } from "../../../../program";
import { selfSigned } from "../../../support/certificates";
import { configured, runnable, samples, type TestConfig } from "../../../support/configurations";
import { SecretValue } from "../../../support/inventory";
import { pluralOf } from "../../../../rehearsal/twins/kubernetes/kinds";
import { subjectOf } from "../../../support/peers/look";
import { run } from "../../../support/run";

const types = {
  namespace: "kubernetes:core/v1:Namespace",
  release: "kubernetes:helm.sh/v3:Release",
  issuer: "kubernetes:cert-manager.io/v1:ClusterIssuer",
} as const;

const ca = selfSigned("Example CA");

const plain = (value: unknown): unknown => (value instanceof SecretValue ? value.value : value);

/** Configurations that put different things into a cluster. */
const configurations: Readonly<Record<string, TestConfig>> = {
  "an ingress controller of the operator's": configured(),
  traefik: configured({ ingress: { mode: "traefik", className: undefined } }),
  "ingress-nginx with names of its own": configured({
    ingress: { mode: "ingress-nginx", className: "internal", namespace: "edge" },
    namespace: { name: "iac" },
    certManager: { namespace: "security" },
    workers: { namespace: "runs", controllerNamespace: "controllers" },
  }),
  "namespaces that exist": configured({
    namespace: { create: false },
    workers: { createNamespace: false, createControllerNamespace: false },
  }),
  "nothing but Spacelift": configured({
    namespace: { create: false },
    tls: { mode: "existingSecret", email: undefined },
    workers: { enabled: false },
  }),
  "an existing cert-manager": configured({ certManager: { install: false } }),
  "a CA": configured(
    { tls: { mode: "ca", email: undefined, certificate: ca.certificate } },
    { caPrivateKey: ca.privateKey },
  ),
  "a CA that signs itself": configured({ tls: { mode: "selfSigned", email: undefined } }),
  "certificates to trust": configured(
    {
      version: "v4.0.0",
      rootCas: [ca.certificate],
      onprem: { database: { caCertificate: ca.certificate } },
      workers: { pools: [{ name: "default" }], apiKeyId: "01HX" },
    },
    { workerApiKeySecret: "planted-key" },
  ),
  "entities of Cilium": configured({
    ingress: { namespace: "edge" },
    networkPeers: { server: [{ entity: "ingress" }], runs: ["kube-apiserver"] },
  }),
  "an issuer of the operator's": configured({
    tls: { mode: "existingIssuer", email: undefined, name: "corporate" },
  }),
};

describe("layout of a cluster", () => {
  for (const [name, config] of Object.entries(configurations)) {
    it(`is what the program makes, with ${name}`, async () => {
      const { inventory } = await run(() => program({ projectDirectory: "/" }), runnable(config));
      const of = (type: string): Record<string, unknown>[] =>
        inventory.resources.filter((resource) => resource.type === type).map(({ inputs }) => inputs);
      const nameOf = (inputs: Record<string, unknown>): unknown =>
        (inputs["metadata"] as Record<string, unknown>)["name"];
      const layout = clusterLayout(subjectOf(config).settings);

      assert.deepEqual([...layout.namespaces].sort(), of(types.namespace).map(nameOf).sort());
      const releases = [
        layout.spacelift,
        layout.ingress.release,
        layout.certManager === "installed" ? layout.certManagerRelease : undefined,
        layout.workers,
      ].filter((release) => release !== undefined);
      assert.deepEqual(
        releases.map((release) => `${release.namespace}/${release.name}`).sort(),
        of(types.release)
          .map((inputs) => `${String(inputs["namespace"])}/${String(inputs["name"])}`)
          .sort(),
      );
      const classNames = of(types.release).flatMap((inputs) => {
        const values = plain(inputs["values"]) as { ingress?: { ingressClassName?: string } };
        return values.ingress?.ingressClassName ?? [];
      });
      assert.deepEqual(classNames, [layout.ingress.className]);
      const issuers = inventory.resources.filter(({ type }) => type === types.issuer);
      assert.equal(issuers.length > 0, layout.createsIssuer);
    });
  }

  for (const [name, config] of Object.entries(configurations)) {
    it(`asks for the rights to all that the program makes, with ${name}`, async () => {
      const { inventory } = await run(() => program({ projectDirectory: "/" }), runnable(config));
      const { settings } = subjectOf(config);
      // The provider watches what is the program's own, and Helm nothing of a chart.
      const rights = new Set(
        requiredRights(settings, clusterLayout(settings))
          .filter(({ verb }) => verb === "watch")
          .map(({ group, resource, namespace = "" }) => `${group}/${resource} ${namespace}`),
      );
      const made = inventory.resources.flatMap(({ type, inputs }) => {
        // `kubernetes:networking.k8s.io/v1:Ingress`; what the core's group is called is no part of it.
        const match = /^kubernetes:([^/:]+)\/[^:]+:(\w+)$/.exec(type);
        if (!match || type === types.release) return [];
        const [, group = "", kind = ""] = match;
        const { namespace = "" } = plain(inputs["metadata"]) as { namespace?: string };
        return [`${group === "core" ? "" : group}/${pluralOf(kind)} ${namespace}`];
      });
      assert.ok(made.length > 5);
      assert.deepEqual(
        made.filter((each) => !rights.has(each)),
        [],
      );
      // The pools come as soon as they have credentials, which takes an installation that stands.
      const { workers } = settings;
      const ofPools = [
        `/secrets ${workers.controllerNamespace}`,
        `workers.spacelift.io/workerpools ${workers.namespace}`,
      ];
      assert.deepEqual(
        [...rights].filter((each) => !made.includes(each) && !ofPools.includes(each)),
        [],
      );
    });
  }

  it("needs no cert-manager for Secrets, and finds one for an issuer", () => {
    const modes = Object.fromEntries(
      Object.entries(configurations).map(([name, config]) => [
        name,
        clusterLayout(subjectOf(config).settings).certManager,
      ]),
    );
    assert.equal(modes["nothing but Spacelift"], "unused");
    assert.equal(modes["an existing cert-manager"], "existing");
    assert.equal(modes["an issuer of the operator's"], "existing");
    assert.equal(modes["a CA"], "installed");
  });
});

describe("demand of the pods", () => {
  it("is what the chart's values and the pools' specs request", () => {
    const { settings } = subjectOf(
      configured(
        {
          version: "v4.0.0",
          vcsGateway: { domain: "gateway.example.com" },
          ingress: { controller: "traefik" },
          services: { drain: { replicas: 5, resources: { requests: { cpu: "2", memory: "4Gi" } } } },
          helmValues: { server: { replicaCount: 7 } },
          workers: {
            pools: [
              {
                name: "small",
                size: 4,
                spec: { pod: { nodeSelector: { pool: "runs" }, tolerations: [{}] } },
              },
            ],
          },
        },
        { licenseToken: samples.licenseToken },
      ),
    );
    const GIBIBYTE = 2 ** 30;
    const MEBIBYTE = 2 ** 20;
    const none = { nodeSelector: {}, isTolerant: false };
    assert.deepEqual(podDemands(settings), [
      { what: "server", replicas: 7, cpu: 0.5, memory: GIBIBYTE, ...none },
      { what: "drain", replicas: 5, cpu: 2, memory: 4 * GIBIBYTE, ...none },
      { what: "scheduler", replicas: 3, cpu: 0.1, memory: 256 * MEBIBYTE, ...none },
      { what: "vcsGateway", replicas: 3, cpu: 0.25, memory: 512 * MEBIBYTE, ...none },
      {
        what: "worker of pool small",
        replicas: 4,
        cpu: 2,
        memory: 2000 * MEBIBYTE,
        nodeSelector: { pool: "runs" },
        isTolerant: true,
      },
    ]);
  });

  it("has no scheduler where the drain does its work", () => {
    const of = (version: string): string[] =>
      podDemands(subjectOf(configured({ version })).settings).map(({ what }) => what);
    assert.deepEqual(of("v6.3.0"), ["server", "drain", "scheduler"]);
    assert.deepEqual(of("v6.4.0"), ["server", "drain"]);
  });
});
