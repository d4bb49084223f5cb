import assert from "node:assert/strict";
import { ingressNginxValues, traefikValues } from "../../../../components/cluster/ingress-values";
import { grpcAnnotations } from "../../../../components/spacelift/grpc-ingress";

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
