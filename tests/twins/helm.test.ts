import { strict as assert } from "node:assert";
import { X509Certificate } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pushedImages, registries } from "../../rehearsal/twins/docker/tables";
import {
  at,
  mergeValues,
  type Properties,
  stringAt,
  UNKNOWN,
  type Value,
} from "../../rehearsal/twins/framework";
import { kubernetesTwin } from "../../rehearsal/twins/kubernetes";
import { findObject, objects, releases } from "../../rehearsal/twins/kubernetes/cluster";
import { connected } from "./support/connected";
import { EngineClient } from "./support/engine-client";
import { makeObject, makeRelease, objectInputs, releaseInputs, TOKENS } from "./support/kube";

const CHART = "spacelift-self-hosted";
const IMAGE = "registry.example.com/spacelift:v5.1.0";
const BUCKETS = [
  "DELIVERIES",
  "LARGE_QUEUE_MESSAGES",
  "MODULES",
  "POLICY_INPUTS",
  "RUN_LOGS",
  "STATES",
  "USER_UPLOADED_WORKSPACES",
  "WORKSPACE",
];
const VALUES: Properties = {
  shared: { image: IMAGE, secretRef: "shared", serverHostname: "spacelift.example.com" },
  server: { secretRef: "server" },
  drain: { secretRef: "drain" },
  ingress: { ingressClassName: "traefik" },
  ingressV6: { enabled: false },
};

/** Waits until the only release of a world has a status. */
async function untilStatus({ world }: EngineClient, wanted: string): Promise<void> {
  const status = (): unknown => world.read((state) => releases.of(state).entries()[0]?.[1].status);
  while (status() !== wanted) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe("A simulated Helm release", () => {
  const engine = connected(kubernetesTwin);
  const install = (options: Properties = {}, values: Properties = {}): ReturnType<typeof makeRelease> =>
    makeRelease(engine(), CHART, {
      name: "spacelift",
      namespace: "spacelift",
      createNamespace: false,
      version: "0.62.0",
      values: mergeValues(VALUES, values),
      ...options,
    });
  const prepare = async (): Promise<void> => {
    await makeObject(engine(), "namespace", { name: "spacelift" });
    const variables = [
      "SERVER_DOMAIN",
      "DATABASE_URL",
      "MQTT_BROKER_ENDPOINT",
      ...BUCKETS.map((name) => `OBJECT_STORAGE_BUCKET_${name}`),
    ];
    const secret = (name: string, keys: string[]): Promise<unknown> =>
      makeObject(
        engine(),
        "secret",
        { name, namespace: "spacelift" },
        { stringData: Object.fromEntries(keys.map((key) => [key, "x"])) },
      );
    await secret("shared", variables);
    await secret("server", ["ADMIN_USERNAME"]);
    await secret("drain", ["LAUNCHER_IMAGE", "LAUNCHER_IMAGE_TAG"]);
  };

  it("describes what it installs", async () => {
    await prepare();
    const { id, inputs, outputs } = await install();
    assert.equal(id, "spacelift/spacelift");
    assert.deepEqual(outputs["status"], {
      appVersion: "4.0.0",
      chart: CHART,
      name: "spacelift",
      namespace: "spacelift",
      revision: 1,
      status: "deployed",
      version: "0.62.0",
    });
    assert.deepEqual(at(inputs, "resourceNames", "Deployment.apps/apps/v1"), [
      "spacelift/spacelift-server",
      "spacelift/spacelift-drain",
      "spacelift/spacelift-scheduler",
    ]);
    assert.deepEqual(at(inputs, "resourceNames", "Ingress.networking.k8s.io/networking.k8s.io/v1"), [
      "spacelift/server-v4",
    ]);
    assert.match(stringAt(inputs, "checksum") ?? "", /^[0-9a-f]{64}$/);
    assert.equal(inputs["compat"], undefined);
  });

  it("has no changes for the same inputs, upgrades in place and replaces on another name", async () => {
    await prepare();
    const given = (values: Properties = {}): Properties =>
      releaseInputs(CHART, {
        name: "spacelift",
        namespace: "spacelift",
        createNamespace: false,
        version: "0.62.0",
        values: mergeValues(VALUES, values),
      });
    const state = await install();
    assert.equal((await engine().diff((await engine().read(state)) ?? state, given())).hasChanges, false);
    const more = given({ vcsGateway: { enabled: true, domain: "vcs.example.com" } });
    assert.deepEqual((await engine().diff(state, more)).replaces, []);
    assert.equal((await engine().update(state, more, true)).outputs["status"], UNKNOWN);
    const upgraded = await engine().update(state, more);
    assert.equal(at(upgraded.outputs, "status", "revision"), 2);
    const gateway = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      name: "spacelift-vcs-gateway",
      namespace: "spacelift",
    };
    assert.ok(engine().world.read((world) => findObject(world, gateway)));
    await engine().update(upgraded, given());
    assert.equal(
      engine().world.read((world) => findObject(world, gateway)),
      undefined,
    );
    assert.deepEqual((await engine().diff(state, { ...given(), name: "other" })).replaces, ["name"]);
  });

  it("has a scheduler as its version and the release have one", async () => {
    await prepare();
    const workloads = async (version: string, tag: string, values: Properties = {}): Promise<unknown> => {
      const image = { shared: { image: `elsewhere.example.com/spacelift:${tag}` } };
      const state = await install({ version }, mergeValues(image, values));
      await engine().delete(state);
      return at(state.inputs, "resourceNames", "Deployment.apps/apps/v1");
    };
    const both = ["spacelift/spacelift-server", "spacelift/spacelift-drain"];
    const all = [...both, "spacelift/spacelift-scheduler"];
    assert.deepEqual(await workloads("0.71.0", "v6.4.0", { scheduler: { replicaCount: 0 } }), all);
    // As the templates of pull request 154 of the charts' repository decide, rendered with Helm.
    assert.deepEqual(await workloads("0.80.0", "v6.3.9"), all);
    assert.deepEqual(await workloads("0.80.0", "v6.4.0"), both);
    assert.deepEqual(await workloads("0.80.0", "nightly"), all);
    assert.deepEqual(await workloads("0.80.0", "v6.3.9", { scheduler: { enabled: false } }), both);
  });

  it("takes everything away that it brought", async () => {
    await prepare();
    const state = await install();
    await engine().delete(state);
    const left = engine().world.read((world) =>
      objects
        .of(world)
        .entries()
        .filter(([, { release }]) => release !== undefined),
    );
    assert.deepEqual(left, []);
    assert.equal(await engine().read(state), undefined);
  });

  it("leaves nothing of an atomic release whose pods cannot start, and says why", async () => {
    await makeObject(engine(), "namespace", { name: "spacelift" });
    await assert.rejects(
      install({ atomic: true, timeout: 60 }),
      /release spacelift failed, and has been uninstalled due to atomic being set: timed out .*spacelift-server: CreateContainerConfigError: secret "shared" not found/,
    );
    assert.deepEqual(
      engine().world.read((world) => releases.of(world).entries()),
      [],
    );
  });

  it("leaves nothing of an atomic release that is cancelled", async () => {
    const slow = await EngineClient.connect(kubernetesTwin, { clockScale: 20 });
    try {
      await makeObject(slow, "namespace", { name: "spacelift" });
      const call = makeRelease(slow, CHART, {
        name: "spacelift",
        namespace: "spacelift",
        createNamespace: false,
        version: "0.62.0",
        values: VALUES,
        atomic: true,
      });
      void untilStatus(slow, "pending-install").then(() => slow.cancel());
      await assert.rejects(call, /has been uninstalled due to atomic being set: context canceled/);
      assert.deepEqual(
        slow.world.read((world) => releases.of(world).entries()),
        [],
      );
    } finally {
      await slow.close();
    }
  });

  it("keeps a release that is not atomic in the state as failed", async () => {
    await makeObject(engine(), "namespace", { name: "spacelift" });
    await assert.rejects(
      install({ timeout: 60 }),
      /Helm release "spacelift\/spacelift" was created, but failed to initialize completely/,
    );
    assert.equal(
      engine().world.read((world) => releases.of(world).get("spacelift/spacelift")?.status),
      "failed",
    );
  });

  // Helm 3.22 (pkg/action/install.go, upgrade.go) records a revision as pending before it applies anything, and refuses
  // another operation while the newest is; the provider (pkg/provider/helm_release.go) reads that record as any other.
  it("is pending while Helm works, and for good when the process dies: Helm refuses what comes next", async () => {
    const slow = await EngineClient.connect(kubernetesTwin, { clockScale: 20 });
    const until = (wanted: string): Promise<void> => untilStatus(slow, wanted);
    try {
      const installing = makeRelease(slow, "traefik");
      await until("pending-install");
      await assert.rejects(makeRelease(slow, "traefik"), /cannot re-use a name that is still in use/);
      const state = await installing;
      await until("deployed");
      const changed = releaseInputs("traefik", { values: { deployment: { replicas: 3 } } });
      const updating = slow.update(state, changed);
      await until("pending-upgrade");
      assert.equal(at((await slow.read(state))?.outputs ?? {}, "status", "status"), "pending-upgrade");
      await assert.rejects(
        slow.update(state, changed),
        /another operation \(install\/upgrade\/rollback\) is in progress/,
      );
      await updating;
      await until("deployed");
    } finally {
      await slow.close();
    }
  });

  // The provider (pkg/provider/helm_release.go, Update) answers with a partial error: the state takes the new inputs.
  it("is in the state with an error when an update fails, and rolled back in the cluster", async () => {
    await prepare();
    const state = await install({ atomic: true, timeout: 60 });
    const values = mergeValues(VALUES, { server: { secretRef: "missing" } });
    await assert.rejects(
      engine().update(state, { ...state.inputs, values }),
      /failed to initialize completely.*release spacelift failed, and has been rolled back due to atomic being set: timed out .*secret "missing" not found/s,
    );
    const record = engine().world.read((world) => releases.of(world).get("spacelift/spacelift"));
    assert.deepEqual([record?.status, record?.revision], ["deployed", 3]);
  });

  it("does not look at pods when told not to wait", async () => {
    await makeObject(engine(), "namespace", { name: "spacelift" });
    assert.equal(at((await install({ skipAwait: true })).outputs, "status", "status"), "deployed");
  });

  it("waits for what appears while it waits", async () => {
    await prepare();
    engine().world.change((world) => {
      registries.of(world).set("registry.example.com", { isPrivate: true });
    });
    const aWeek = 7 * 24 * 3600;
    const installing = install({ timeout: aWeek });
    await untilStatus(engine(), "pending-install");
    engine().world.change((world) => {
      pushedImages.of(world).set(IMAGE, { digest: "sha256:0" });
    });
    assert.equal(at((await installing).outputs, "status", "status"), "deployed");
  });

  it("rejects pods whose image was never pushed, whose account is missing or whose variables are", async () => {
    await prepare();
    engine().world.change((world) => {
      registries.of(world).set("registry.example.com", { isPrivate: true });
    });
    await assert.rejects(
      install({ atomic: true }),
      /ImagePullBackOff: failed to pull image "registry\.example\.com\/spacelift:v5\.1\.0"/,
    );
    const other = { shared: { image: "elsewhere.example.com/spacelift:v1" } };
    await assert.rejects(
      install({ atomic: true }, { ...other, serviceAccount: { create: false } }),
      /serviceaccount "spacelift-backend" not found/,
    );
    await assert.rejects(
      install({ atomic: true }, { ...other, drain: { secretRef: "server" } }),
      /spacelift-drain: CrashLoopBackOff: missing environment variables: LAUNCHER_IMAGE/,
    );
  });

  it("rejects values that the schema of the chart refuses", async () => {
    const check = async (values: Properties): Promise<string> =>
      (
        await engine().check(TOKENS.release, "r", releaseInputs(CHART, { version: "0.62.0", values }))
      ).failures.join("\n");
    assert.match(
      await check({ imagePullSecrets: [] }),
      /^chart: values don't meet .*\nspacelift-self-hosted:\n- \(root\): Additional property imagePullSecrets is not allowed/,
    );
    assert.match(
      await check({ server: { replicaCount: "3" } }),
      /- server\.replicaCount: Invalid type\. Expected: integer/,
    );
    assert.equal(await check(VALUES), "");
    assert.equal(await check({ ...VALUES, imagePullSecrets: UNKNOWN }), "");
  });

  it("rejects names in use, missing namespaces, odd versions and charts without a repository", async () => {
    await assert.rejects(install(), /namespaces "spacelift" not found/);
    await makeRelease(engine(), "traefik");
    await assert.rejects(makeRelease(engine(), "traefik"), /cannot re-use a name that is still in use/);
    await assert.rejects(
      makeRelease(engine(), "traefik", { version: "latest" }),
      /improper constraint: latest/,
    );
    await assert.rejects(engine().create(TOKENS.release, "r", { chart: "traefik" }), /non-absolute URLs/);
    await assert.rejects(
      engine().create(TOKENS.release, "r", { chart: "./none" }),
      /path "\.\/none" not found/,
    );
  });

  it("rejects taking over objects of others", async () => {
    await prepare();
    await makeObject(engine(), "serviceAccount", { name: "spacelift-backend", namespace: "spacelift" });
    await assert.rejects(
      install(),
      /Unable to continue with install: ServiceAccount "spacelift-backend" in namespace "spacelift" exists/,
    );
    await install({}, { serviceAccount: { create: false } });
  });

  it("reads chart and schema of a local folder", async () => {
    const folder = join(engine().world.folder, "chart");
    mkdirSync(folder);
    writeFileSync(join(folder, "Chart.yaml"), "name: local\nversion: 1.2.3\nappVersion: '9'\n");
    writeFileSync(join(folder, "values.yaml"), "size: 1\n");
    writeFileSync(
      join(folder, "values.schema.json"),
      '{"type":"object","required":["size"],"properties":{"size":{"type":"integer"}}}',
    );
    const { outputs } = await engine().create(TOKENS.release, "local", { chart: folder });
    assert.deepEqual([at(outputs, "status", "version"), at(outputs, "status", "appVersion")], ["1.2.3", "9"]);
    await assert.rejects(
      engine().create(TOKENS.release, "bad", { chart: folder, values: { size: "x" } }),
      /- size: Invalid type/,
    );
  });

  // As `helm template` renders them: Traefik 41.3.0 takes type and ranges from `service.spec` alone.
  it("ignores and refuses values of ingress controllers as their charts do", async () => {
    const service = async (chart: string, values: Properties, name: string): Promise<Value | undefined> => {
      await makeRelease(engine(), chart, { name: chart, values });
      const found = engine().world.read((world) =>
        objects
          .of(world)
          .entries()
          .map(([, object]) => object)
          .find((object) => object.kind === "Service" && object.name === name),
      );
      return at(found?.body, "spec");
    };
    const ranges = ["203.0.113.0/24"];
    assert.deepEqual(
      await service(
        "traefik",
        { service: { type: "NodePort", loadBalancerSourceRanges: ranges } },
        "traefik",
      ),
      { type: "LoadBalancer" },
    );
    assert.deepEqual(
      await service(
        "ingress-nginx",
        { controller: { service: { loadBalancerSourceRanges: ranges, externalTrafficPolicy: "Local" } } },
        "ingress-nginx-controller",
      ),
      { type: "LoadBalancer", loadBalancerSourceRanges: ranges, externalTrafficPolicy: "Local" },
    );
    await assert.rejects(
      makeRelease(engine(), "traefik", { name: "other", values: { replicas: 2 } }),
      /Additional property replicas is not allowed/,
    );
    await assert.rejects(
      makeRelease(engine(), "traefik", {
        name: "another",
        values: { service: { spec: { type: "ClusterIP", externalTrafficPolicy: "Local" } } },
      }),
      /spec.externalTrafficPolicy: Invalid value: may only be set for externally-accessible services/,
    );
  });

  it("gives ingresses the address of their controller and certificates from their issuer", async () => {
    await prepare();
    await makeRelease(engine(), "traefik", {
      values: { service: { spec: { loadBalancerIP: "198.51.100.7" } } },
    });
    await makeRelease(engine(), "cert-manager", { values: { crds: { enabled: true } } });
    await makeObject(engine(), "clusterIssuer", { name: "ca" }, { spec: { selfSigned: {} } });
    await install({}, { ingress: { annotations: { "cert-manager.io/cluster-issuer": "ca" } } });
    const find = (kind: string, apiVersion: string, name: string): ReturnType<typeof findObject> =>
      engine().world.read((world) => findObject(world, { apiVersion, kind, name, namespace: "spacelift" }));
    assert.equal(
      at(find("Ingress", "networking.k8s.io/v1", "server-v4")?.status, "loadBalancer", "ingress", 0, "ip"),
      "198.51.100.7",
    );
    const cert = find("Secret", "v1", "cert")?.body;
    assert.equal(at(cert, "metadata", "annotations", "cert-manager.io/issuer-name"), "ca");
    const pem = engine().world.unseal(stringAt(cert, "data", "tls.crt") ?? "") ?? "";
    const certificate = new X509Certificate(Buffer.from(pem, "base64"));
    assert.equal(certificate.checkHost("spacelift.example.com"), "spacelift.example.com");
  });

  // As cert-manager decides: SecretIssuerAnnotationsMismatch in internal/controller/certificates/policies/checks.go.
  it("issues a certificate anew for another issuer, and not when its issuer becomes another", async () => {
    await prepare();
    await makeRelease(engine(), "cert-manager", { values: { crds: { enabled: true } } });
    const ca = await makeObject(engine(), "clusterIssuer", { name: "ca" }, { spec: { selfSigned: {} } });
    await makeObject(engine(), "clusterIssuer", { name: "other" }, { spec: { selfSigned: {} } });
    const values = (issuer: string): Properties => ({
      ingress: { annotations: { "cert-manager.io/cluster-issuer": issuer } },
    });
    const inputs = (issuer: string): Properties =>
      releaseInputs(CHART, {
        name: "spacelift",
        namespace: "spacelift",
        createNamespace: false,
        version: "0.62.0",
        values: mergeValues(VALUES, values(issuer)),
      });
    const certificate = (): Properties | undefined =>
      engine().world.read((world) =>
        findObject(world, { apiVersion: "v1", kind: "Secret", name: "cert", namespace: "spacelift" }),
      )?.body;
    const state = await install({}, values("ca"));
    const first = certificate();
    await engine().update(
      ca,
      objectInputs("clusterIssuer", { name: "ca" }, { spec: { ca: { secretName: "x" } } }),
    );
    const again = await engine().update(state, inputs("ca"));
    assert.deepEqual(certificate(), first);
    await engine().update(again, inputs("other"));
    assert.notEqual(at(certificate(), "data", "tls.crt"), at(first, "data", "tls.crt"));
    assert.equal(at(certificate(), "metadata", "annotations", "cert-manager.io/issuer-name"), "other");
  });

  it("keeps the custom kinds of cert-manager when it is uninstalled, and fails without them", async () => {
    const state = await makeRelease(engine(), "cert-manager", { values: { crds: { enabled: true } } });
    await makeObject(engine(), "clusterIssuer", { name: "ca" }, { spec: { selfSigned: {} } });
    await engine().delete(state);
    const names = engine().world.read((world) =>
      objects
        .of(world)
        .entries()
        .map(([, { kind }]) => kind),
    );
    assert.ok(names.includes("CustomResourceDefinition") && names.includes("ClusterIssuer"));
  });

  it("rejects cert-manager without its custom kinds", async () => {
    await assert.rejects(
      makeRelease(engine(), "cert-manager", { atomic: true }),
      /startupapicheck: the cert-manager CRDs are not yet installed/,
    );
  });
});
