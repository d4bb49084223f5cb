import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import type { ConfigValue } from "../../rehearsal";
import { changeCount } from "../support/rehearsed-stack";
import { inOrder, names } from "../engine/support";
import type { Ground } from "./ground";
import { until } from "./ground/api-client";
import {
  helmRelease,
  namesIn,
  podTemplate,
  podsOf,
  readyDeployments,
  selectorOf,
  variablesOf,
} from "./looks";
import { withRights } from "./rights";
import { liveStack, namesOf, secretValue, withGround } from "./support";

const namespace = "spacelift";
const definitionsPath = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const networking = "/apis/networking.k8s.io/v1";
const policy = "/apis/policy/v1";
const pools = "/apis/workers.spacelift.io/v1beta1/namespaces/spacelift-workers/workerpools";

/** A stack and what is its own in a life that all stacks share. */
export interface Life {
  readonly stack: string;
  /** Settings over those of its file and the charts of the tests. */
  readonly config: (ground: Ground) => Readonly<Record<string, ConfigValue>>;
  readonly domain: string;
  /** The release it is upgraded to. */
  readonly newVersion: string;
  /** Who signs the certificate of the domain. */
  readonly signedBy: (ground: Ground) => Promise<(certificate: X509Certificate) => boolean>;
  /** Who takes that over. */
  readonly thenSignedBy: {
    readonly tls: ConfigValue;
    readonly secrets?: Readonly<Record<string, string>>;
    readonly isSigned: (certificate: X509Certificate) => boolean;
  };
}

/** The tests of a life from the first `up` to the `destroy`, which ask the API server and not the state. */
export function describeLife(life: Life): void {
  inOrder();
  const ground = withGround();
  const api = () => ground().cluster.api;
  const stack = liveStack(ground, () => ({ stack: life.stack, config: life.config(ground()) }));
  const rights = withRights(ground, stack);
  // As whoever has no other pools does, by what `keptOnDestroy` says. What an earlier suite kept, a life would not create, and
  // what a life keeps is in the way of later suites.
  const removeDefinitions = async (): Promise<void> => {
    const definitions = namesOf(await api().list(definitionsPath));
    for (const each of definitions.filter((name) => name.endsWith(".workers.spacelift.io")))
      await api().remove(`${definitionsPath}/${each}`);
  };
  before(removeDefinitions);
  after(removeDefinitions);

  it("comes up, with every pod ready", async () => {
    const summary = await stack().up();
    assert.deepEqual(Object.keys(summary.changes), ["create"]);
    assert.deepEqual(await readyDeployments(api(), namespace), [
      "spacelift-drain",
      "spacelift-scheduler",
      "spacelift-server",
    ]);
    assert.deepEqual(await helmRelease(api(), namespace, "spacelift"), { revision: 1, status: "deployed" });
  });

  it("gives the services the variables of the configuration", async () => {
    const server = await variablesOf(api(), namespace, "spacelift-server");
    assert.equal(server["SERVER_DOMAIN"], life.domain);
    assert.match(server["DATABASE_URL"] ?? "", /^postgres:/);
    assert.equal(server["ADMIN_USERNAME"], "admin");
    const drain = await variablesOf(api(), namespace, "spacelift-drain");
    assert.equal(drain["ADMIN_PASSWORD"], undefined);
    assert.match(drain["LAUNCHER_IMAGE"] ?? "", /launcher/);
  });

  it("makes policies and budgets that select the pods they are for", async () => {
    const policies = await api().list(`${networking}/namespaces/${namespace}/networkpolicies`);
    // Solvers of challenges come and go.
    const lasting = policies.filter(({ metadata }) => metadata.name !== "acme-challenges");
    assert.ok(lasting.length >= 2, namesOf(policies).join(", "));
    const budgets = await api().list(`${policy}/namespaces/${namespace}/poddisruptionbudgets`);
    assert.ok(budgets.length >= 3, namesOf(budgets).join(", "));
    for (const object of [...lasting, ...budgets]) {
      const pods = await podsOf(api(), namespace, selectorOf(object));
      assert.ok(pods.length >= 2, `${object.metadata.name} selects ${pods.length} pods`);
    }
    for (const { metadata } of budgets) {
      // The controller of budgets counts on its own time.
      await until(`${metadata.name} allows a disruption`, async () => {
        const { status } = await api().get(
          `${policy}/namespaces/${namespace}/poddisruptionbudgets/${metadata.name}`,
        );
        return (status as { readonly disruptionsAllowed: number }).disruptionsAllowed >= 1;
      });
    }
  });

  const served = async (): Promise<X509Certificate | undefined> => {
    const secret = await api().find(`/api/v1/namespaces/${namespace}/secrets/cert`);
    const chain = secret && secretValue(secret, "tls.crt");
    return chain === undefined ? undefined : new X509Certificate(chain);
  };

  it("gets a certificate for the domain from who is to sign it", async () => {
    await until("the certificate is issued", async () => (await served()) !== undefined);
    const issued = await served();
    assert.equal(issued?.checkHost(life.domain), life.domain);
    assert.ok((await life.signedBy(ground()))(issued), issued.issuer);
  });

  it("has nothing to change a second time, nor after a refresh", async () => {
    assert.equal(changeCount(await stack().up()), 0);
    assert.equal(changeCount(await stack().refresh()), 0);
    assert.equal(changeCount(await stack().up()), 0);
  });

  it("is upgraded in place", async () => {
    stack().setConfig("version", life.newVersion);
    await stack().up();
    for (const name of ["spacelift-server", "spacelift-drain", "spacelift-scheduler"]) {
      const [container] = (await podTemplate(api(), namespace, name)).spec.containers;
      assert.ok(container?.image.endsWith(life.newVersion), `${name}: ${container?.image ?? ""}`);
    }
    assert.deepEqual(await helmRelease(api(), namespace, "spacelift"), { revision: 2, status: "deployed" });
    await readyDeployments(api(), namespace);
  });

  it("rolls only what reads a secret that is rotated", async () => {
    const annotations = async (name: string) =>
      (await podTemplate(api(), namespace, name)).metadata.annotations ?? {};
    const before = [await annotations("spacelift-server"), await annotations("spacelift-drain")];
    stack().setConfig("adminPassword", "another-long-password", { secret: true });
    await stack().up();
    assert.notDeepEqual(await annotations("spacelift-server"), before[0]);
    assert.deepEqual(await annotations("spacelift-drain"), before[1]);
    const server = await variablesOf(api(), namespace, "spacelift-server");
    assert.equal(server["ADMIN_PASSWORD"], "another-long-password");
    await readyDeployments(api(), namespace);
  });

  it("takes a worker pool as soon as there are credentials for it", async () => {
    stack().setConfig("workers.apiKeyId", "01HX0000000000000000000000");
    stack().setConfig("workerApiKeySecret", "an-api-key-secret", { secret: true });
    await stack().up();
    assert.deepEqual(namesOf(await api().list(pools)), ["default"]);
    const secret = await api().get(
      "/api/v1/namespaces/spacelift-worker-controller-system/secrets/spacelift-api-credentials",
    );
    assert.equal(secretValue(secret, "keySecret"), "an-api-key-secret");
    assert.equal(secretValue(secret, "endpoint"), `https://${life.domain}`);
  });

  it("switches the VCS gateway on", async () => {
    const gateway = `vcs-gateway.${life.domain}`;
    stack().setConfig("vcsGateway.domain", gateway);
    await stack().up();
    assert.ok((await readyDeployments(api(), namespace)).includes("spacelift-vcs-gateway"));
    const admission = await api().get(`${networking}/namespaces/${namespace}/networkpolicies/vcs-gateway`);
    assert.ok((await podsOf(api(), namespace, selectorOf(admission))).length >= 2);
    const { spec } = await api().get(`${networking}/namespaces/${namespace}/ingresses/vcs-gateway`);
    assert.ok(JSON.stringify(spec).includes(gateway));
    assert.equal(changeCount(await stack().up()), 0);
  });

  it("gets another certificate when another is to sign", async () => {
    const { tls, secrets = {}, isSigned } = life.thenSignedBy;
    stack().setConfig("tls", tls);
    for (const [key, value] of Object.entries(secrets)) stack().setConfig(key, value, { secret: true });
    await stack().up();
    await until("the certificate is issued anew", async () => {
      const certificate = await served();
      return certificate !== undefined && isSigned(certificate);
    });
    assert.equal((await served())?.checkHost(life.domain), life.domain);
    assert.equal(changeCount(await stack().up()), 0);
  });

  it("repairs what was taken behind its back", async () => {
    const { spec } = await podTemplate(api(), namespace, "spacelift-server");
    const [taken] = spec.containers.flatMap(({ envFrom = [] }) =>
      envFrom.map(({ secretRef }) => secretRef?.name),
    );
    const secrets = `/api/v1/namespaces/${namespace}/secrets`;
    const variables = await variablesOf(api(), namespace, "spacelift-server");
    await api().remove(`${secrets}/${taken ?? ""}`);
    await api().remove(`${networking}/namespaces/${namespace}/networkpolicies/server`);
    await api().remove(`${pools}/default`);
    const [budget] = await namesIn(api(), policy, namespace, "poddisruptionbudgets");
    const budgetPath = `${policy}/namespaces/${namespace}/poddisruptionbudgets/${budget ?? ""}`;
    await api().remove(budgetPath);

    const summary = await stack().up({ args: ["--refresh"] });
    assert.ok(names(summary, "create").length >= 4, JSON.stringify(summary.changes));
    assert.deepEqual(await variablesOf(api(), namespace, "spacelift-server"), variables);
    assert.ok(await api().find(`${networking}/namespaces/${namespace}/networkpolicies/server`));
    assert.deepEqual(namesOf(await api().list(pools)), ["default"]);
    assert.ok(await api().find(budgetPath));
    assert.equal(changeCount(await stack().up()), 0);
  });

  it("takes back a field that somebody else changed, once it is told to", async () => {
    const [budget] = await namesIn(api(), policy, namespace, "poddisruptionbudgets");
    const budgetPath = `${policy}/namespaces/${namespace}/poddisruptionbudgets/${budget ?? ""}`;
    const limit = async (): Promise<unknown> =>
      ((await api().get(budgetPath))["spec"] as { readonly maxUnavailable?: unknown }).maxUnavailable;
    const before = await limit();
    await api().patch(budgetPath, { spec: { maxUnavailable: 0 } });

    await assert.rejects(stack().up({ args: ["--refresh"] }), /Server-Side Apply field conflict/);
    assert.equal(await limit(), 0);
    await stack().up({ args: ["--refresh"], env: { PULUMI_K8S_ENABLE_PATCH_FORCE: "true" } });
    assert.equal(await limit(), before);
    // The SDK makes the variable an input of the provider.
    assert.deepEqual(names(await stack().up(), "update"), ["platform-kubernetes"]);
    assert.equal(changeCount(await stack().up()), 0);
  });

  it("is destroyed, with nothing left but what is shared", async () => {
    await stack().destroy();
    const left = namesOf(await api().list("/api/v1/namespaces"));
    assert.deepEqual(left, ["default", "kube-node-lease", "kube-public", "kube-system"]);
    assert.deepEqual(await api().list("/apis/cert-manager.io/v1/clusterissuers"), []);
    const definitions = namesOf(await api().list(definitionsPath));
    for (const each of ["certificates.cert-manager.io", "workerpools.workers.spacelift.io"])
      assert.ok(definitions.includes(each), `${each} is others', too`);
  });

  it("used every right that is asked for before, and no other", () => rights.compare());
}
