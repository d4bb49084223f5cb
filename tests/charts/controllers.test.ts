import assert from "node:assert/strict";
import { configured } from "../support/configurations";
import type { Manifest } from "../../rehearsal/twins/kubernetes/api/manifest";
import { scratchFolder } from "../support/scratch";
import { needsCharts } from "./support/chart-folder";
import { ClusterView, type Pods, selects } from "./support/cluster-view";
import { planner } from "./support/planned";

const controllers = {
  traefik: { namespace: "traefik", service: "traefik", answersAs: "traefik.io/ingress-controller" },
  "ingress-nginx": {
    namespace: "ingress-nginx",
    service: "ingress-nginx-controller",
    answersAs: "k8s.io/spacelift",
  },
} as const;

// Held against the charts of both controllers: what reaches the cluster of each setting below `ingress`.
describe("installed ingress controllers", function () {
  this.timeout(120_000);
  needsCharts();
  const plan = planner();
  const folder = scratchFolder();

  for (const [mode, { namespace, service, answersAs }] of Object.entries(controllers)) {
    describe(mode, () => {
      const view = async (ingress: object, more: object = {}): Promise<ClusterView> =>
        ClusterView.of(
          await plan(
            configured({
              ingress: { mode, className: "spacelift", ...ingress },
              tls: { mode: "selfSigned", email: undefined },
              ...more,
            }),
          ),
          folder(),
        );
      const withGateway = { version: "v3.7.0", vcsGateway: { domain: "vcs-gateway.spacelift.example.com" } };
      const serviceOf = async (ingress: object): Promise<Manifest> => {
        const services = (await view(ingress)).all("Service", namespace);
        const [only] = services.filter(({ metadata }) => metadata.name === service);
        assert.ok(
          only,
          `no Service ${service} among ${services.map((each) => each.metadata.name).join(", ")}`,
        );
        return only;
      };

      it("is a load balancer for everybody by default", async () => {
        const { type, loadBalancerSourceRanges, ports } = specOf(await serviceOf({}));
        assert.equal(type, "LoadBalancer");
        assert.equal(loadBalancerSourceRanges, undefined);
        assert.deepEqual(ports.map(({ port }) => port).sort(), [443, 80]);
      });

      it("takes traffic on any node, or where its pods are when told", async () => {
        assert.equal(specOf(await serviceOf({})).externalTrafficPolicy, "Cluster");
        const local = await serviceOf({ externalTrafficPolicy: "Local" });
        assert.equal(specOf(local).externalTrafficPolicy, "Local");
      });

      it("lets in the ranges that are allowed, and no others", async () => {
        const allowedRanges = ["203.0.113.0/24", "198.51.100.7/32"];
        assert.deepEqual(specOf(await serviceOf({ allowedRanges })).loadBalancerSourceRanges, allowedRanges);
      });

      for (const serviceType of ["NodePort", "ClusterIP"]) {
        it(`is a ${serviceType} when told`, async () => {
          const spec = specOf(await serviceOf({ serviceType }));
          assert.equal(spec.type, serviceType);
          // The API server refuses it where nothing comes from outside.
          assert.equal(spec.externalTrafficPolicy, serviceType === "NodePort" ? "Cluster" : undefined);
          assert.equal(spec.loadBalancerSourceRanges, undefined);
        });
      }

      it("carries the annotations of its Service", async () => {
        const serviceAnnotations = { "example.com/pool": "public" };
        const { metadata } = await serviceOf({ serviceAnnotations });
        assert.equal(metadata.annotations?.["example.com/pool"], "public");
      });

      it("answers for its class alone", async () => {
        const [ingressClass, ...more] = (await view({})).all("IngressClass");
        assert.deepEqual(more, []);
        assert.equal(ingressClass?.metadata.name, "spacelift");
        assert.deepEqual(ingressClass["spec"], { controller: answersAs });
        assert.notEqual(
          ingressClass.metadata.annotations?.["ingressclass.kubernetes.io/is-default-class"],
          "true",
        );
      });

      it("runs as many pods as it is told, and a drain leaves one of them at least", async () => {
        const found = await view({ replicas: 3 });
        const [workload] = found.all("Deployment", namespace);
        assert.equal((workload?.["spec"] as { readonly replicas: number }).replicas, 3);
        const [budget] = found.all("PodDisruptionBudget", namespace);
        const { maxUnavailable, minAvailable } = budget?.["spec"] as {
          readonly maxUnavailable?: number;
          readonly minAvailable?: number;
        };
        assert.equal(minAvailable ?? maxUnavailable, 1);
      });

      it("spreads its own pods, over zones first", async () => {
        const { labels, spec } = podsOf(await view({}), namespace);
        const constraints = spec.topologySpreadConstraints ?? [];
        assert.deepEqual(
          constraints.map(({ topologyKey }) => topologyKey),
          ["topology.kubernetes.io/zone", "kubernetes.io/hostname"],
        );
        for (const { labelSelector } of constraints) {
          assert.ok(
            selects(labelSelector as Readonly<Record<string, unknown>>, labels),
            JSON.stringify({ labelSelector, labels }),
          );
        }
      });

      it("has no back door: neither a dashboard nor a webhook that reads Ingresses", async () => {
        const found = await view({});
        assert.deepEqual(found.all("IngressRoute"), []);
        assert.deepEqual(found.all("ValidatingWebhookConfiguration").filter(isOf(namespace)), []);
        const { args = [] } = controllerOf(podsOf(found, namespace));
        assert.deepEqual(
          args.filter((each) => /^--(api|validating-webhook)/.test(each)),
          mode === "traefik" ? ["--api.dashboard=false"] : [],
        );
      });

      it("leaves the streams of VCS agents alone, and no other requests", async () => {
        const limitsOf = (found: ClusterView): readonly string[] =>
          mode === "traefik"
            ? argsWith(podsOf(found, namespace), "readtimeout")
            : found.all("ConfigMap", namespace).flatMap(({ ...object }) => {
                const data = (object["data"] ?? {}) as Readonly<Record<string, string>>;
                return data["client-body-timeout"] ?? [];
              });
        const flag = "--entryPoints.websecure.transport.respondingTimeouts.readTimeout=";
        assert.deepEqual(limitsOf(await view({})), mode === "traefik" ? [`${flag}3600s`] : []);
        assert.deepEqual(
          limitsOf(await view({}, withGateway)),
          mode === "traefik" ? [`${flag}0s`] : ["3600"],
        );
      });

      it("speaks gRPC to the VCS gateway", async () => {
        const found = await view({}, withGateway);
        const annotationsOf = (kind: string): Readonly<Record<string, string>> => {
          const [only, ...more] = found
            .all(kind, "spacelift")
            .filter(({ metadata }) => metadata.name.endsWith("vcs-gateway"));
          assert.deepEqual(more, []);
          assert.ok(only, `no ${kind} of the gateway`);
          return only.metadata.annotations ?? {};
        };
        if (mode === "traefik") {
          const scheme = annotationsOf("Service")["traefik.ingress.kubernetes.io/service.serversscheme"];
          assert.equal(scheme, "h2c");
        } else {
          const annotations = annotationsOf("Ingress");
          const prefix = "nginx.ingress.kubernetes.io/";
          assert.equal(annotations[`${prefix}backend-protocol`], "GRPC");
          assert.equal(annotations[`${prefix}proxy-read-timeout`], "3600");
          assert.equal(annotations[`${prefix}proxy-send-timeout`], "3600");
        }
      });
    });
  }

  it("sends plain HTTP to HTTPS for good", async () => {
    const config = configured({
      ingress: { mode: "traefik", className: undefined },
      tls: { mode: "selfSigned", email: undefined },
    });
    const pods = podsOf(await ClusterView.of(await plan(config), folder()), "traefik");
    assert.deepEqual(argsWith(pods, "redirections").sort(), [
      "--entryPoints.web.http.redirections.entryPoint.permanent=true",
      "--entryPoints.web.http.redirections.entryPoint.scheme=https",
      "--entryPoints.web.http.redirections.entryPoint.to=:443",
    ]);
  });
});

const isOf =
  (namespace: string) =>
  ({ metadata }: Manifest): boolean =>
    metadata.name.includes(namespace);

/** The pods of the only Deployment in a namespace. */
function podsOf(found: ClusterView, namespace: string): Pods {
  const [only, ...more] = found.pods().filter((each) => each.namespace === namespace);
  assert.deepEqual(more, []);
  assert.ok(only, `no pods in ${namespace}`);
  return only;
}

function controllerOf({ spec, workload }: Pods): Pods["spec"]["containers"][number] {
  const [only] = spec.containers;
  assert.ok(only, workload);
  return only;
}

const argsWith = (pods: Pods, part: string): string[] =>
  (controllerOf(pods).args ?? []).filter((each) => each.toLowerCase().includes(part));

interface ServiceSpec {
  readonly type: string;
  readonly loadBalancerSourceRanges?: readonly string[];
  readonly externalTrafficPolicy?: string;
  readonly ports: readonly { readonly port: number }[];
}

const specOf = (object: Manifest): ServiceSpec => object["spec"] as ServiceSpec;
