import assert from "node:assert/strict";
import { goBuildTimeout } from "../live/ground/go-programs";
import { justified } from "../live/scan/kubesec/justified";
import { type Rated, rate } from "../live/scan/kubesec/scan";
import type { Manifest } from "../../rehearsal/twins/kubernetes/api/manifest";
import { scratchFolder } from "../support/scratch";
import { needsCharts } from "./support/chart-folder";
import { ClusterView } from "./support/cluster-view";
import { planner } from "./support/planned";
import { covering } from "./support/scenarios";

const lines = (found: readonly Rated[]): string[] =>
  [...new Set(found.map(({ rule, object }) => `${rule}, ${object}`))].sort();
const accepted = lines(justified.flatMap(({ rule, objects }) => objects.map((object) => ({ rule, object }))));

describe("kubesec on the pods that the charts make", function () {
  this.timeout(goBuildTimeout);
  needsCharts();
  const plan = planner();
  const folder = scratchFolder();
  const seen = new Set<string>();
  const allOf = async (index: number): Promise<readonly Manifest[]> => {
    const scenario = covering[index];
    assert.ok(scenario);
    return (await ClusterView.of(await plan(scenario.config()), folder())).objects;
  };

  for (const [index, { title }] of covering.entries()) {
    it(`finds nothing critical, and advises nothing but what is justified: ${title}`, async () => {
      const { advised, critical } = await rate(await allOf(index), folder());
      assert.deepEqual(lines(critical), []);
      const found = lines(advised);
      for (const line of found) seen.add(line);
      assert.deepEqual(
        found.filter((line) => !accepted.includes(line)),
        [],
      );
    });
  }

  it("still advises everything that is justified", () => {
    assert.deepEqual(
      accepted.filter((line) => !seen.has(line)),
      [],
    );
  });

  it("would find what opens a node to its pods", async () => {
    const opened = (await allOf(0)).map((object) =>
      object.kind === "Deployment" && object.metadata.name === "spacelift-drain"
        ? { ...object, spec: openedUp(object["spec"] as Workload) }
        : object,
    );
    assert.deepEqual(lines((await rate(opened, folder())).critical), [
      "AllowPrivilegeEscalation, Deployment spacelift/spacelift-drain",
      "HostNetwork, Deployment spacelift/spacelift-drain",
      "Privileged, Deployment spacelift/spacelift-drain",
    ]);
  });

  // Two of the reasons say that a field has what kubesec looks for elsewhere.
  it("advises on tokens and seccomp, though fields that it does not read settle both", async () => {
    for (const index of covering.keys()) {
      const objects = await allOf(index);
      const view = new ClusterView(objects);
      for (const { workload, namespace, spec } of view.pods()) {
        if (namespace === "spacelift") {
          const [account] = view
            .all("ServiceAccount", namespace)
            .filter(({ metadata }) => metadata.name === spec.serviceAccountName);
          assert.equal(account?.["automountServiceAccountToken"], false, workload);
        } else {
          const { securityContext, containers } = spec as Workload["template"]["spec"];
          const ofAll = securityContext?.seccompProfile;
          for (const { securityContext: own } of containers)
            assert.deepEqual(own?.seccompProfile ?? ofAll, { type: "RuntimeDefault" }, workload);
        }
      }
    }
  });
});

interface SecurityContext {
  readonly seccompProfile?: object;
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
}

interface Workload {
  readonly template: {
    readonly spec: {
      readonly hostNetwork?: boolean;
      readonly securityContext?: SecurityContext;
      readonly containers: readonly { readonly securityContext?: SecurityContext }[];
    };
  };
}

/** A workload whose containers may do what they want with their node. */
const openedUp = ({ template, ...rest }: Workload): Workload => ({
  ...rest,
  template: {
    ...template,
    spec: {
      ...template.spec,
      hostNetwork: true,
      containers: template.spec.containers.map((container) => ({
        ...container,
        securityContext: { privileged: true, allowPrivilegeEscalation: true },
      })),
    },
  },
});
