import assert from "node:assert/strict";
import { type Changes, withCluster } from "../../../support/kube-api/cluster-look";
import type { Attempt } from "../../../../rehearsal/twins/kubernetes/api/api-server";
import { tokens } from "../../../support/kube-api/kube-api";
import { assertBad, type Looked } from "../../../support/peers/look";

describe("preflight: rights of the cluster", () => {
  const { api, lookAt } = withCluster();
  const lookLimited = async (
    allows: (attempt: Attempt) => boolean,
    changes: Changes = {},
  ): Promise<Looked> => {
    api.allows = (attempt) => attempt.verb !== "*" && allows(attempt);
    return lookAt(changes, {}, tokens.limited);
  };

  it("are enough when each is granted", async () => {
    const { finding } = await lookLimited(() => true);
    assert.match(finding("cluster.rights").reason, /^limited may do all that is needed \(\d+ rights\)$/);
    assert.equal(finding("cluster.grants").status, "passed");
  });

  it("are named when they are missing, with the command that grants them", async () => {
    const { finding } = await lookLimited(({ resource, namespace: place, verb }) =>
      place === "spacelift"
        ? resource !== "secrets" && !(resource === "services" && verb === "delete")
        : true,
    );
    const rights = finding("cluster.rights");
    assertBad(rights, "failed", /may not, in namespace spacelift: manage secrets; delete services$/);
    assert.equal(
      rights.fix,
      "let an administrator run `kubectl create rolebinding spacelift-deployer --namespace spacelift --clusterrole admin --user limited`",
    );
  });

  it("of the whole cluster come with what can be left to an administrator", async () => {
    const { finding } = await lookLimited(({ namespace: place }) => place !== undefined);
    assertBad(
      finding("cluster.rights"),
      "failed",
      /in the whole cluster: manage namespaces, clusterroles, .*; get\/create\/patch customresourcedefinitions$/,
      /clusterrolebinding spacelift-deployer --clusterrole cluster-admin --user limited.*certManager\.install false.*namespace\.create false/,
    );
  });

  it("are fewer when less is installed", async () => {
    const changes = {
      namespace: { create: false },
      tls: { mode: "existingSecret", email: undefined },
      workers: { enabled: false },
    };
    const { finding, summary } = await lookLimited(({ namespace: place }) => place === "spacelift", changes);
    assert.equal(finding("cluster.rights").status, "passed");
    assert.ok(!summary.some((line) => line.startsWith("cluster.grants")));
  });

  it("to hand out rights are looked at where charts bring roles", async () => {
    const { finding } = await lookLimited(({ verb }) => verb !== "escalate" && verb !== "bind");
    assertBad(finding("cluster.grants"), "warning", /escalate\/bind clusterroles.*roles that charts bring/);
  });

  it("that are missing for a look skip that look alone", async () => {
    const { finding } = await lookLimited(({ resource, verb }) => !(resource === "nodes" && verb === "list"));
    assert.equal(finding("cluster.nodes").status, "skipped");
    assert.match(finding("cluster.nodes").reason, /User "limited" cannot list resource "nodes"/);
    assert.equal(finding("cluster.ingress-class").status, "passed");
  });
});
