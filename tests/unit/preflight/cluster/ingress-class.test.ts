import assert from "node:assert/strict";
import { withCluster } from "../../../support/kube-api/cluster-look";
import { ingressClass, namespace } from "../../../support/kube-api/objects";
import { assertBad } from "../../../support/peers/look";

describe("preflight: ingress class of the cluster", () => {
  const { api, lookAt, found } = withCluster();
  it("must be there when the controller is", async () => {
    assert.match((await found("ingress-class")).reason, /nginx is served by k8s\.io\/ingress-nginx/);
    const other = await found("ingress-class", { ingress: { className: "haproxy" } });
    assertBad(other, "failed", /no class haproxy, but nginx/, /ingress\.className nginx/);
    api.store.remove("IngressClass", "nginx");
    assertBad(await found("ingress-class"), "failed", /no ingress class at all/, /ingress\.mode traefik/);
  });

  it("must be of the controller that is configured", async () => {
    const finding = await found("ingress-class", { ingress: { controller: "traefik" } });
    assertBad(finding, "warning", /says traefik: the VCS gateway/, /ingress\.controller ingress-nginx/);
  });

  it("must be free when a controller is installed, or this installation's own", async () => {
    const installed = { ingress: { mode: "ingress-nginx", className: undefined } };
    assertBad(
      await found("ingress-class", installed),
      "failed",
      /nothing that Helm knows of/,
      /ingress\.mode existing/,
    );
    const own = { release: "ingress-nginx", place: "ingress-nginx" };
    api.store.put(ingressClass("nginx", "k8s.io/nginx", { ...own, place: "edge" }));
    assertBad(await found("ingress-class", installed), "failed", /release ingress-nginx in namespace edge/);
    api.store.put(ingressClass("nginx", "k8s.io/nginx", own));
    assert.match((await found("ingress-class", installed)).reason, /own/);
    assert.match(
      (await found("ingress-class", { ingress: { mode: "traefik", className: undefined } })).reason,
      /traefik is free/,
    );
  });

  it("goes with a namespace that network policies let in", async () => {
    const changes = { ingress: { namespace: "edge" } };
    assertBad(
      await found("ingress-namespace", changes),
      "failed",
      /namespace edge, .* does not exist/,
      /config rm/,
    );
    api.store.put(namespace("edge"));
    const { summary } = await lookAt(changes);
    assert.ok(!summary.some((line) => line.startsWith("cluster.ingress-namespace")));
  });
});
