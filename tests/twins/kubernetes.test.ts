import { strict as assert } from "node:assert";
import { at, objectAt, stringAt, UNKNOWN } from "../../rehearsal/twins/framework";
import { kubernetesTwin } from "../../rehearsal/twins/kubernetes";
import { findObject, objectKey, objects } from "../../rehearsal/twins/kubernetes/cluster";
import { connected } from "./support/connected";
import { urnOf } from "./support/engine-client";
import { makeObject, makeRelease, objectInputs, TOKENS } from "./support/kube";

describe("The kubernetes twin", () => {
  const engine = connected(kubernetesTwin);
  const secretIn = (namespace: string, stringData: Record<string, string>): ReturnType<typeof objectInputs> =>
    objectInputs("secret", { name: "app", namespace }, { stringData });

  describe("for objects", () => {
    it("adds what the cluster adds", async () => {
      const { id, outputs } = await makeObject(engine(), "namespace", { name: "app", labels: { team: "x" } });
      assert.equal(id, "app");
      assert.match(stringAt(outputs, "metadata", "uid") ?? "", /^[0-9a-f-]{36}$/);
      assert.equal(stringAt(outputs, "metadata", "resourceVersion"), "1");
      assert.deepEqual(at(outputs, "metadata", "labels"), {
        "kubernetes.io/metadata.name": "app",
        team: "x",
      });
      assert.deepEqual(outputs["status"], { phase: "Active" });
    });

    it("names an object after the resource and keeps that name", async () => {
      const inputs = objectInputs("configMap", { namespace: "default" }, { data: { a: "1" } });
      const state = await engine().create(TOKENS.configMap, "settings", inputs);
      assert.match(state.id, /^default\/settings-[0-9a-f]{8}$/);
      const diff = await engine().diff(state, inputs);
      assert.equal(diff.hasChanges, false);
      const changed = await engine().diff(state, { ...inputs, data: { a: "2" } });
      assert.deepEqual(changed.replaces, ["data.a"]);
      assert.equal(changed.deleteBeforeReplace, false);
    });

    it("replaces a named Secret whose content changes, deleting it first", async () => {
      const state = await engine().create(TOKENS.secret, "s", secretIn("default", { a: "1" }));
      const diff = await engine().diff(state, secretIn("default", { a: "2" }));
      assert.deepEqual(diff.replaces, ["stringData.a"]);
      assert.equal(diff.deleteBeforeReplace, true);
    });

    it("changes the content of Secrets and ConfigMaps in place when told to, unless they are immutable", async () => {
      const secret = await engine().create(TOKENS.secret, "s", secretIn("default", { a: "1" }));
      const settings = objectInputs("configMap", { name: "c", namespace: "default" }, { data: { a: "1" } });
      const map = await engine().create(TOKENS.configMap, "c", settings);
      const changed = { ...settings, data: { a: "2" } };
      await engine().configure({ enableSecretMutable: "true" });
      const inPlace = await engine().diff(secret, secretIn("default", { a: "2" }));
      assert.deepEqual([inPlace.hasChanges, inPlace.replaces], [true, []]);
      assert.deepEqual((await engine().diff(map, changed)).replaces, ["data.a"]);
      await engine().configure({ enableSecretMutable: "true", enableConfigMapMutable: "true" });
      assert.deepEqual((await engine().diff(map, changed)).replaces, []);
      assert.deepEqual((await engine().diff(map, { ...changed, immutable: true })).replaces, ["data.a"]);
      assert.deepEqual(
        (await engine().diff(secret, { ...secretIn("default", { a: "2" }), type: "example.com/other" }))
          .replaces,
        ["type"],
      );
      const { outputs } = await engine().update(secret, secretIn("default", { a: "2" }));
      assert.equal(stringAt(outputs, "data", "a"), Buffer.from("2").toString("base64"));
      assert.equal(stringAt(outputs, "metadata", "uid"), stringAt(secret.outputs, "metadata", "uid"));
    });

    it("changes labels in place", async () => {
      const state = await makeObject(engine(), "serviceAccount", { name: "a", namespace: "default" });
      const inputs = objectInputs("serviceAccount", { name: "a", namespace: "default", labels: { x: "y" } });
      assert.deepEqual((await engine().diff(state, inputs)).replaces, []);
      const { outputs } = await engine().update(state, inputs);
      assert.deepEqual(at(outputs, "metadata", "labels"), { x: "y" });
      assert.equal(stringAt(outputs, "metadata", "resourceVersion"), "2");
    });

    it("keeps the values of Secrets out of the world and marks them as secret", async () => {
      const state = await engine().create(
        TOKENS.secret,
        "s",
        secretIn("default", { password: "hunter2hunter2" }),
      );
      assert.ok(state.secrets.has("/data") && state.secrets.has("/stringData"));
      assert.equal(
        stringAt(state.outputs, "data", "password"),
        Buffer.from("hunter2hunter2").toString("base64"),
      );
      const kept = JSON.stringify(engine().world.read(({ tables }) => tables));
      assert.ok(
        !kept.includes("hunter2") && !kept.includes(Buffer.from("hunter2hunter2").toString("base64")),
      );
    });

    it("reads a Secret without drift until somebody changes it", async () => {
      const inputs = secretIn("default", { a: "1", b: "2" });
      const state = await engine().create(TOKENS.secret, "s", inputs);
      const found = await engine().read(state);
      assert.ok(found);
      assert.equal((await engine().diff(found, inputs)).hasChanges, false);
      const identity = { apiVersion: "v1", kind: "Secret", name: "app", namespace: "default" };
      engine().world.change((world) => {
        const object = findObject(world, identity);
        assert.ok(object);
        const data = { ...objectAt(object.body, "data"), a: engine().world.seal("other") };
        objects.of(world).set(objectKey(identity), { ...object, body: { ...object.body, data } });
      });
      const drifted = await engine().read(state);
      assert.ok(drifted);
      assert.deepEqual((await engine().diff(drifted, inputs)).replaces, ["stringData.a"]);
    });

    it("reads an existing object by its id", async () => {
      await makeObject(
        engine(),
        "service",
        { name: "web", namespace: "default" },
        { spec: { type: "LoadBalancer" } },
      );
      const found = await engine().read({ urn: urnOf(TOKENS.service, "web"), id: "default/web" });
      assert.match(
        stringAt(found?.outputs, "status", "loadBalancer", "ingress", 0, "ip") ?? "",
        /^203\.0\.113\.\d+$/,
      );
      assert.equal(await engine().read({ urn: urnOf(TOKENS.service, "web"), id: "default/none" }), undefined);
    });

    it("leaves identity and status unknown in a preview and needs no namespace for it", async () => {
      const inputs = objectInputs("ingress", { name: "i", namespace: UNKNOWN }, { spec: { rules: [] } });
      const { outputs } = await engine().create(TOKENS.ingress, "i", inputs, { preview: true });
      assert.equal(at(outputs, "metadata", "uid"), UNKNOWN);
      assert.equal(outputs["status"], UNKNOWN);
      assert.equal(at(outputs, "metadata", "name"), "i");
    });

    it("rejects an object that exists, unless told to take it over", async () => {
      await makeObject(engine(), "configMap", { name: "c", namespace: "default" });
      const again = (): Promise<unknown> =>
        makeObject(engine(), "configMap", { name: "c", namespace: "default" });
      await assert.rejects(
        again(),
        /resource "default\/c" was not successfully created .*: configmaps "c" already exists/,
      );
      await engine().configure({ upsertExistingObjects: "true" });
      await again();
    });

    it("rejects a namespace that does not exist", async () => {
      await assert.rejects(
        makeObject(engine(), "configMap", { name: "c", namespace: "none" }),
        /namespaces "none" not found/,
      );
    });

    it("rejects names, labels and data that the API server would refuse", async () => {
      const failuresOf = async (inputs: ReturnType<typeof objectInputs>): Promise<string> =>
        (await engine().check(TOKENS.secret, "s", inputs)).failures.join("\n");
      assert.match(
        await failuresOf(objectInputs("secret", { name: "Upper" })),
        /^metadata\.name: Invalid value: "Upper"/,
      );
      assert.match(
        await failuresOf(objectInputs("secret", { name: "a", labels: { n: 1 } })),
        /labels\["n"\]: must be a string, got a number/,
      );
      assert.match(
        await failuresOf(objectInputs("secret", { name: "a", labels: { "a b": "x" } })),
        /not a valid label key/,
      );
      assert.match(
        await failuresOf(objectInputs("secret", { name: "a", labels: { a: "-x" } })),
        /a valid label must be/,
      );
      assert.match(
        await failuresOf(objectInputs("secret", { name: "a" }, { data: { a: "no base64!" } })),
        /illegal base64 data/,
      );
      assert.match(
        await failuresOf(objectInputs("secret", { name: "a" }, { stringData: { PORT: 80 } })),
        /must be a string, got a number/,
      );
      assert.match(
        await failuresOf(objectInputs("secret", { name: "a" }, { type: "kubernetes.io/tls" })),
        /data\[tls\.crt\]: Required value/,
      );
    });

    it("rejects a cluster it cannot be told apart from by a broken kubeconfig", async () => {
      await engine().configure({ kubeconfig: "a: b: c" });
      await assert.rejects(
        makeObject(engine(), "namespace", { name: "app" }),
        /Kubernetes cluster is unreachable/,
      );
    });
  });

  describe("for custom kinds", () => {
    const issuer = (): Promise<unknown> =>
      makeObject(engine(), "clusterIssuer", { name: "ca" }, { spec: { selfSigned: {} } });

    it("issues a certificate into its Secret", async () => {
      await makeRelease(engine(), "cert-manager", { values: { crds: { enabled: true } } });
      await issuer();
      const spec = {
        secretName: "tls",
        dnsNames: ["a.example.com"],
        issuerRef: { name: "ca", kind: "ClusterIssuer" },
      };
      const { outputs } = await makeObject(
        engine(),
        "certificate",
        { name: "web", namespace: "default" },
        { spec },
      );
      assert.equal(at(outputs, "status", "conditions", 0, "type"), "Ready");
      const secret = engine().world.read((world) =>
        findObject(world, { apiVersion: "v1", kind: "Secret", name: "tls", namespace: "default" }),
      );
      assert.deepEqual(Object.keys(objectAt(secret?.body, "data")), ["tls.crt", "tls.key", "ca.crt"]);
    });

    it("rejects a kind whose definition is not installed", async () => {
      await assert.rejects(issuer(), /no matches for kind "ClusterIssuer" in version "cert-manager.io\/v1"/);
    });

    it("rejects issuers and worker pools that their definitions refuse", async () => {
      const issuerWith = objectInputs("clusterIssuer", { name: "a" }, { spec: { acme: {} } });
      const { failures } = await engine().check(TOKENS.clusterIssuer, "a", issuerWith);
      assert.deepEqual(failures, [
        "spec.acme.server: Required value",
        "spec.acme.privateKeySecretRef.name: Required value",
      ]);
      const pool = objectInputs(
        "workerPool",
        { name: "p" },
        { spec: { poolSize: -1, token: { secretKeyRef: { name: "t", key: "k" } } } },
      );
      assert.match(
        (await engine().check(TOKENS.workerPool, "p", pool)).failures.join("\n"),
        /poolSize: must be .*\nspec: token and privateKey/,
      );
    });

    it("keeps a worker pool whose controller is gone, and with it the namespace", async () => {
      const controller = await makeRelease(engine(), "spacelift-workerpool-controller", {
        values: { crds: { install: true } },
      });
      const namespace = await makeObject(engine(), "namespace", { name: "workers" });
      const pool = await makeObject(
        engine(),
        "workerPool",
        { name: "p", namespace: "workers" },
        { spec: { poolSize: 2 } },
      );
      await assert.rejects(
        engine().delete(controller),
        /timed out waiting .*CustomResourceDefinition "workerpools\.workers\.spacelift\.io"/,
      );
      await assert.rejects(engine().delete(pool), /finalizers might be preventing deletion: WorkerPool "p"/);
      await assert.rejects(engine().delete(namespace), /Namespace "workers" to be deleted.*WorkerPool "p"/);
      await assert.rejects(
        makeObject(engine(), "configMap", { name: "c", namespace: "workers" }),
        /it is being terminated/,
      );
    });

    it("lets a worker pool go while its controller runs", async () => {
      const controller = await makeRelease(engine(), "spacelift-workerpool-controller");
      const pool = await makeObject(
        engine(),
        "workerPool",
        { name: "p", namespace: "default" },
        { spec: { poolSize: 2 } },
      );
      await engine().delete(pool);
      await engine().delete(controller);
    });
  });

  describe("for its configuration", () => {
    const kubeconfig = (server: string): string =>
      JSON.stringify({
        "current-context": "c",
        contexts: [{ name: "c", context: { cluster: "k" } }],
        clusters: [{ name: "k", cluster: { server } }],
        users: [],
      });

    it("keeps the provider while the cluster identifier stays", async () => {
      const before = { clusterIdentifier: "a", kubeconfig: kubeconfig("https://one") };
      const diff = await engine().diffConfig(before, {
        clusterIdentifier: "a",
        kubeconfig: kubeconfig("https://two"),
      });
      assert.deepEqual([diff.hasChanges, diff.replaces], [true, []]);
      assert.deepEqual((await engine().diffConfig(before, { ...before, clusterIdentifier: "b" })).replaces, [
        "clusterIdentifier",
      ]);
    });

    it("replaces the provider when another cluster becomes active", async () => {
      const diff = await engine().diffConfig(
        { kubeconfig: kubeconfig("https://one") },
        { kubeconfig: kubeconfig("https://two") },
      );
      assert.deepEqual(diff.replaces, ["kubeconfig"]);
    });

    it("rejects settings it does not know", async () => {
      assert.deepEqual(await engine().checkConfig({ kubeConfig: "" }), [
        "kubeConfig: Invalid or unknown key",
      ]);
    });
  });
});
