import assert from "node:assert/strict";
import {
  type ControllerOptions,
  ingressNginxValues,
  traefikValues,
} from "../../../../components/cluster/ingress-values";
import { grpcAnnotations } from "../../../../components/spacelift/ingress";
import { type Properties, type Value, at } from "../../../../rehearsal/twins/framework";

const valueAt = (values: Record<string, unknown>, ...path: string[]): Value | undefined =>
  at(values as Properties, ...path);

// What the charts make of these values is asserted in tests/charts, against the charts themselves.
describe("ingress controllers", () => {
  const options: ControllerOptions = {
    className: "spacelift",
    replicas: 3,
    zonal: false,
    serviceType: "LoadBalancer",
    serviceAnnotations: { "example.com/owner": "platform" },
    externalTrafficPolicy: "Cluster",
    allowedRanges: ["203.0.113.0/24"],
    endlessStreams: false,
  };

  it("switches off what ingress-nginx' vulnerabilities came through", () => {
    const values = ingressNginxValues(options);
    assert.equal(valueAt(values, "controller", "allowSnippetAnnotations"), false);
    assert.deepEqual(valueAt(values, "controller", "admissionWebhooks"), { enabled: false });
  });

  it("never makes a class the default of the cluster", () => {
    assert.equal(
      valueAt(ingressNginxValues(options), "controller", "ingressClassResource", "default"),
      false,
    );
    assert.equal(valueAt(traefikValues(options), "ingressClass", "isDefaultClass"), false);
  });

  it("says type, ranges and traffic policy where the charts take them", () => {
    const spec = {
      type: "LoadBalancer",
      externalTrafficPolicy: "Cluster",
      loadBalancerSourceRanges: ["203.0.113.0/24"],
    };
    // Traefik's chart takes the spec of the Service as it is and ignores the same keys beside it.
    assert.deepEqual(valueAt(traefikValues(options), "service"), {
      annotations: options.serviceAnnotations,
      spec,
    });
    assert.deepEqual(valueAt(ingressNginxValues(options), "controller", "service"), {
      annotations: options.serviceAnnotations,
      ...spec,
    });
  });

  it("leaves out what the API refuses for a type of Service", () => {
    const specOf = (more: Partial<ControllerOptions>): unknown =>
      valueAt(traefikValues({ ...options, ...more }), "service", "spec");
    assert.deepEqual(specOf({ serviceType: "ClusterIP" }), { type: "ClusterIP" });
    assert.deepEqual(specOf({ serviceType: "NodePort", externalTrafficPolicy: "Local" }), {
      type: "NodePort",
      externalTrafficPolicy: "Local",
    });
    assert.deepEqual(specOf({ allowedRanges: [] }), {
      type: "LoadBalancer",
      externalTrafficPolicy: "Cluster",
    });
  });

  it("cuts no stream of a VCS agent, and bounds requests when there are none", () => {
    const timeout = (endlessStreams: boolean): unknown =>
      valueAt(
        traefikValues({ ...options, endlessStreams }),
        ...["ports", "websecure", "transport", "respondingTimeouts", "readTimeout"],
      );
    assert.equal(timeout(true), "0s");
    assert.equal(timeout(false), "3600s");
    const bodyTimeout = (endlessStreams: boolean): unknown =>
      valueAt(
        ingressNginxValues({ ...options, endlessStreams }),
        "controller",
        "config",
        "client-body-timeout",
      );
    assert.equal(bodyTimeout(true), "3600");
    assert.equal(bodyTimeout(false), undefined);
  });

  it("spreads the replicas over zones, and insists where every node has one", () => {
    for (const zonal of [true, false]) {
      const all = { ...options, zonal };
      for (const constraints of [
        valueAt(traefikValues(all), "topologySpreadConstraints"),
        valueAt(ingressNginxValues(all), "controller", "topologySpreadConstraints"),
      ]) {
        assert.deepEqual(
          (constraints as Record<string, unknown>[]).map(({ topologyKey, whenUnsatisfiable }) => [
            topologyKey,
            whenUnsatisfiable,
          ]),
          [
            ["topology.kubernetes.io/zone", zonal ? "DoNotSchedule" : "ScheduleAnyway"],
            ["kubernetes.io/hostname", "ScheduleAnyway"],
          ],
        );
      }
    }
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
