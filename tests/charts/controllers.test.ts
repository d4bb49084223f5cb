import assert from "node:assert/strict";
import { configured } from "../support/configurations";
import type { KubeObject } from "../support/kube-api/kube-object";
import { scratchFolder } from "../support/scratch";
import { needsCharts } from "./support/chart-folder";
import { ClusterView } from "./support/cluster-view";
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
      const view = async (ingress: object): Promise<ClusterView> =>
        ClusterView.of(
          await plan(
            configured({
              ingress: { mode, className: "spacelift", ...ingress },
              tls: { mode: "selfSigned", email: undefined },
            }),
          ),
          folder(),
        );
      const serviceOf = async (ingress: object): Promise<KubeObject> => {
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

      it("lets in the ranges that are allowed, and no others", async () => {
        const allowedRanges = ["203.0.113.0/24", "198.51.100.7/32"];
        assert.deepEqual(specOf(await serviceOf({ allowedRanges })).loadBalancerSourceRanges, allowedRanges);
      });

      for (const serviceType of ["NodePort", "ClusterIP"]) {
        it(`is a ${serviceType} when told`, async () => {
          assert.equal(specOf(await serviceOf({ serviceType })).type, serviceType);
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
    });
  }
});

interface ServiceSpec {
  readonly type: string;
  readonly loadBalancerSourceRanges?: readonly string[];
  readonly externalTrafficPolicy?: string;
  readonly ports: readonly { readonly port: number }[];
}

const specOf = (object: KubeObject): ServiceSpec => object["spec"] as ServiceSpec;
