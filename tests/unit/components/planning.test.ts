import assert from "node:assert/strict";
import { planBuckets } from "../../../components/buckets";
import { chartArgs } from "../../../components/cluster/chart-reference";
import { ingressNginxValues, traefikValues } from "../../../components/cluster/ingress-values";
import { mergeValues } from "../../../components/json";
import { serviceDatabaseUrl } from "../../../components/platform/database-url";
import { storagePolicy } from "../../../components/platform/onprem/storage-policy";
import { grpcAnnotations } from "../../../components/spacelift/grpc-ingress";
import { spaceliftPolicies, workerPolicies } from "../../../components/spacelift/network-policies";
import { envChecksum } from "../../../components/spacelift/rollout";
import { charts } from "../../../components/versions";
import { poolSpec } from "../../../components/workers/pool";
import { dnsRecord, shellExports } from "../../../program/outputs";

describe("mergeValues", () => {
  it("merges objects, replaces everything else and changes neither argument", () => {
    const base = { a: { b: 1, c: [1, 2] }, d: "x" };
    assert.deepEqual(mergeValues(base, { a: { c: [3], e: null } }), { a: { b: 1, c: [3], e: null }, d: "x" });
    assert.deepEqual(base, { a: { b: 1, c: [1, 2] }, d: "x" });
  });
});

describe("chartArgs", () => {
  const pin = charts.spacelift;

  it("pins chart, version and repository", () => {
    assert.deepEqual(chartArgs(pin, {}), {
      chart: "spacelift-self-hosted",
      version: "0.62.0",
      repositoryOpts: { repo: "https://downloads.spacelift.io/helm" },
    });
  });

  it("takes a mirror, an OCI reference or a local chart", () => {
    assert.deepEqual(chartArgs(pin, { repository: "https://mirror.example.com" }).repositoryOpts, {
      repo: "https://mirror.example.com",
    });
    assert.deepEqual(chartArgs(pin, { chart: "oci://r.example.com/c", version: "0.64.0" }), {
      chart: "oci://r.example.com/c",
      version: "0.64.0",
    });
    assert.deepEqual(chartArgs(pin, { chart: "./charts/spacelift" }), { chart: "./charts/spacelift" });
  });
});

describe("serviceDatabaseUrl", () => {
  it("adds the guide's parameter and names the mounted CA", () => {
    assert.equal(
      serviceDatabaseUrl("postgres://u:p@h/d?sslmode=verify-full", true),
      "postgres://u:p@h/d?sslmode=verify-full&statement_cache_capacity=0&sslrootcert=/etc/spacelift/database-ca/ca.pem",
    );
    assert.equal(
      serviceDatabaseUrl("postgres://u:p@h/d", false),
      "postgres://u:p@h/d?statement_cache_capacity=0",
    );
  });

  it("leaves what the operator said", () => {
    const url = "postgres://u:p@h/d?statement_cache_capacity=100&sslrootcert=/ca.pem";
    assert.equal(serviceDatabaseUrl(url, true), url);
  });
});

describe("storagePolicy", () => {
  const { Statement: statements } = JSON.parse(
    storagePolicy(planBuckets({ states: { name: "acme-states" } }, false)),
  ) as {
    Statement: { Effect: string; Action: string[]; Resource: string[] }[];
  };
  const allowed = (resource: string): readonly string[] =>
    statements.filter(({ Resource }) => Resource.includes(resource)).flatMap(({ Action }) => Action);

  it("speaks of Spacelift's buckets and no other", () => {
    const resources = statements.flatMap(({ Resource }) => Resource);
    assert.ok(
      resources.every((resource) =>
        /^arn:aws:s3:::(?:spacelift-[a-z-]+|acme-states)(?:\/\*)?$/.test(resource),
      ),
    );
    assert.equal(resources.length, 20);
  });

  it("allows nothing that manages buckets or users", () => {
    const actions = statements.flatMap(({ Action }) => Action);
    assert.deepEqual(
      actions.filter((action) => /\*|CreateBucket|DeleteBucket|PutBucket|PutLifecycle|admin:/.test(action)),
      [],
    );
  });

  it("lets states be read in every version and deleted, and run logs not be deleted", () => {
    assert.ok(allowed("arn:aws:s3:::acme-states").includes("s3:ListBucketVersions"));
    assert.ok(allowed("arn:aws:s3:::acme-states/*").includes("s3:GetObjectVersion"));
    assert.ok(allowed("arn:aws:s3:::acme-states/*").includes("s3:DeleteObject"));
    assert.ok(!allowed("arn:aws:s3:::spacelift-run-logs/*").includes("s3:DeleteObject"));
  });
});

describe("envChecksum", () => {
  it("depends on names, values and key, but not on order", () => {
    const sum = envChecksum("key", { A: "1", B: "2" }, { C: "3" });
    assert.equal(envChecksum("key", { B: "2", A: "1" }, { C: "3" }), sum);
    assert.notEqual(envChecksum("key", { A: "1", B: "3" }, { C: "3" }), sum);
    assert.notEqual(envChecksum("key", { A: "1" }, { B: "2", C: "3" }), sum);
    assert.notEqual(envChecksum("other", { A: "1", B: "2" }, { C: "3" }), sum);
    assert.match(sum, /^[0-9a-f]{64}$/);
  });
});

describe("ingress controllers", () => {
  const options = {
    className: "spacelift",
    replicas: 2,
    serviceType: "LoadBalancer",
    serviceAnnotations: {},
    allowedRanges: ["203.0.113.0/24"],
  } as const;

  it("switches off what ingress-nginx' vulnerabilities came through", () => {
    const { controller } = ingressNginxValues(options) as { controller: Record<string, unknown> };
    assert.equal(controller["allowSnippetAnnotations"], false);
    assert.deepEqual(controller["admissionWebhooks"], { enabled: false });
  });

  it("never makes a class the default of the cluster", () => {
    const nginx = ingressNginxValues(options) as {
      controller: { ingressClassResource: { default: boolean } };
    };
    const traefik = traefikValues(options) as { ingressClass: { isDefaultClass: boolean } };
    assert.equal(nginx.controller.ingressClassResource.default, false);
    assert.equal(traefik.ingressClass.isDefaultClass, false);
  });

  it("keeps the client's address, which a ClusterIP does not have", () => {
    const specOf = (values: Record<string, unknown>): unknown =>
      (values["service"] as { spec: unknown }).spec;
    assert.deepEqual(specOf(traefikValues(options)), { externalTrafficPolicy: "Local" });
    assert.deepEqual(specOf(traefikValues({ ...options, serviceType: "ClusterIP" })), {});
  });

  it("tells each controller in its own way that the gateway speaks gRPC", () => {
    assert.equal(
      grpcAnnotations("traefik").service["traefik.ingress.kubernetes.io/service.serversscheme"],
      "h2c",
    );
    assert.equal(
      grpcAnnotations("ingress-nginx").ingress["nginx.ingress.kubernetes.io/backend-protocol"],
      "GRPC",
    );
    assert.deepEqual(grpcAnnotations("other"), { ingress: {}, service: {} });
  });
});

describe("network policies", () => {
  const options = {
    releaseName: "spacelift",
    externalWorkers: false,
    vcsGateway: false,
    acmeChallenges: false,
  };
  const rulesOf = (name: string, more: object): unknown =>
    spaceliftPolicies({ ...options, ...more }).find((policy) => policy.name === name)?.spec.ingress;
  const namespace = (name: string): object => ({
    from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } }],
  });

  it("lets in the ingress controller and the workers, each to its port", () => {
    assert.deepEqual(rulesOf("server", { ingressNamespace: "traefik", workerNamespace: "workers" }), [
      { ...namespace("traefik"), ports: [{ protocol: "TCP", port: 1983 }] },
      { ...namespace("workers"), ports: [{ protocol: "TCP", port: 1984 }] },
    ]);
  });

  it("opens the broker for workers outside the cluster", () => {
    assert.deepEqual(
      rulesOf("server", { ingressNamespace: "traefik", workerNamespace: "w", externalWorkers: true }),
      [
        { ...namespace("traefik"), ports: [{ protocol: "TCP", port: 1983 }] },
        { ports: [{ protocol: "TCP", port: 1984 }] },
      ],
    );
  });

  it("lets challenges and the gateway's callers in when there are any", () => {
    const names = (more: object): string[] =>
      spaceliftPolicies({ ...options, ...more }).map(({ name }) => name);
    assert.deepEqual(names({}), ["default-deny-ingress", "server"]);
    assert.deepEqual(names({ vcsGateway: true, acmeChallenges: true }), [
      "default-deny-ingress",
      "server",
      "vcs-gateway",
      "acme-challenges",
    ]);
  });

  it("keeps runs from the metadata endpoint", () => {
    const egress = workerPolicies().flatMap(({ spec }) => (spec.policyTypes === undefined ? [] : [spec]));
    assert.match(JSON.stringify(egress), /"except":\["169\.254\.0\.0\/16"\]/);
  });
});

describe("poolSpec", () => {
  const pool = { name: "default", size: 2, resources: {}, spec: {} };

  it("gives all three containers requests", () => {
    const { pod } = poolSpec(pool, { type: "api" }, { pullSecrets: [] }) as {
      pod: Record<string, { resources: { requests: Record<string, string> } }>;
    };
    for (const name of ["initContainer", "grpcServerContainer", "workerContainer"]) {
      assert.deepEqual(Object.keys(pod[name]?.resources.requests ?? {}), ["cpu", "memory"], name);
    }
  });

  it("refers to a Secret made by hand, or leaves the identity to the controller", () => {
    const byHand = poolSpec(pool, { type: "secret", secretName: "s" }, { pullSecrets: [] });
    assert.deepEqual(byHand["token"], { secretKeyRef: { name: "s", key: "token" } });
    assert.deepEqual(byHand["privateKey"], { secretKeyRef: { name: "s", key: "privateKey" } });
    const own = poolSpec({ ...pool, space: "root" }, { type: "api" }, { pullSecrets: [] });
    assert.equal(own["space"], "root");
    assert.ok(!("token" in own));
  });

  it("makes every container trust further CAs", () => {
    const spec = poolSpec(pool, { type: "api" }, { pullSecrets: [], trustedCasConfigMap: "cas" });
    const { pod } = spec as { pod: Record<string, { volumeMounts?: unknown[]; env?: { value: string }[] }> };
    for (const name of ["initContainer", "grpcServerContainer", "workerContainer"]) {
      assert.equal(pod[name]?.volumeMounts?.length, 1, name);
      assert.equal(pod[name].env?.[0]?.value, "/etc/ssl/certs:/opt/spacelift/certs", name);
    }
  });

  it("lets further fields win", () => {
    const spec = poolSpec(
      { ...pool, spec: { poolSize: 9, pod: { labels: { a: "b" } } } },
      { type: "api" },
      { pullSecrets: [] },
    );
    assert.equal(spec["poolSize"], 9);
    assert.ok("workerContainer" in (spec["pod"] as object));
  });
});

describe("outputs", () => {
  it("has the record that fits the address", () => {
    const type = (address: string): string => dnsRecord("a.example.com", address, "hint").type;
    assert.deepEqual(
      [type("192.0.2.1"), type("2001:db8::1"), type("lb.example.com")],
      ["A", "AAAA", "CNAME"],
    );
    assert.deepEqual(dnsRecord("a", "", "hint"), { name: "a", type: "A or CNAME", value: "hint" });
  });

  it("quotes for the shell", () => {
    assert.equal(shellExports({ A: "it's" }), "export A='it'\\''s'\n");
  });
});
