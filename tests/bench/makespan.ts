import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "../../engine";
import type { StackState } from "../../engine/protocol";
import { RehearsedStack } from "../support/rehearsed-stack";
import type { ServedOperation } from "../../rehearsal/twins";
import { BACKGROUND_SECONDS } from "../../rehearsal/twins/azure/cluster/managed-cluster";
import { USUAL_SECONDS } from "../../rehearsal/twins/azure/identity/roles";
import { SERVER_SETTLING_SECONDS } from "../../rehearsal/twins/azure/postgres/server";
import { type Task, criticalPath } from "./critical-path";

/** How much longer than its critical path an `up` should take at most. */
const AIM_RATIO = 1.05;

/** Simulated seconds in a real one: fast enough to wait for, slow enough for the engine's own time to be small. */
const CLOCK = 30;

/** Simulated seconds that pass until what has been made can be used, by type: nobody gets around them. */
const untilUsable: Readonly<Record<string, number>> = {
  "azure-native:authorization:RoleAssignment": USUAL_SECONDS,
  "azure-native:containerservice:ManagedCluster": BACKGROUND_SECONDS,
  "azure-native:dbforpostgresql:Server": SERVER_SETTLING_SECONDS,
};

/** The guide's steps after its `tofu apply`, one after another, by the resources that stand for them. */
const guideSteps = [
  "platform-images-launcher",
  "platform-images-backend",
  "ingress-namespace",
  "ingress-release",
  "cert-manager-namespace",
  "cert-manager-release",
  "issuer-letsencrypt-issuer",
  "spacelift-namespace",
  "spacelift-shared",
  "spacelift-server",
  "spacelift-drain",
  "spacelift-release",
  "workers-namespace",
  "workers-controller-namespace",
  "workers-controller",
];

function tasksOf(state: StackState, served: readonly ServedOperation[]): Task[] {
  const seconds = new Map(
    served
      .filter(({ operation }) => operation === "create")
      .map(({ urn, began, ended }) => [urn, ((ended - began) / 1000) * CLOCK]),
  );
  return (state.deployment.resources ?? []).map((resource) => ({
    urn: resource.urn,
    seconds: (seconds.get(resource.urn) ?? 0) + (untilUsable[resource.type] ?? 0),
    waitsFor: [
      ...(resource.dependencies ?? []),
      ...(typeof resource["provider"] === "string" ? [resource["provider"].replace(/::[^:]*$/, "")] : []),
    ],
  }));
}

const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);
const minutes = (seconds: number): string => `${(seconds / 60).toFixed(1)} min`;

/** Runs `up` of the aks stack on a scaled clock and prints how close it comes to the shortest time there is. */
export async function benchMakespan(engine: Engine): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "spacelift-bench-"));
  const served: ServedOperation[] = [];
  const rehearsal = await RehearsedStack.open({
    stack: "aks",
    dir,
    engine,
    clock: CLOCK,
    onOperation: (operation) => served.push(operation),
  });
  try {
    await rehearsal.up();
    const tasks = tasksOf(await rehearsal.exportState(), served);
    const creates = served.filter(({ operation }) => operation === "create");
    const began = Math.min(...creates.map((each) => each.began));
    const ended = Math.max(...creates.map((each) => each.ended));
    const makespan = ((ended - began) / 1000) * CLOCK;
    const path = criticalPath(tasks);
    const ratio = makespan / path.seconds;
    console.log(`\nup of the aks stack, simulated time at ${CLOCK} s a second`);
    console.log(`make-span ${minutes(makespan)}, critical path ${minutes(path.seconds)}:`);
    for (const urn of path.urns) {
      const seconds = tasks.find((task) => task.urn === urn)?.seconds ?? 0;
      if (seconds >= 1) console.log(`  ${minutes(seconds).padStart(8)}  ${nameOf(urn)}`);
    }
    console.log(`ratio ${ratio.toFixed(3)}, aim <= ${AIM_RATIO}: ${ratio <= AIM_RATIO ? "met" : "missed"}`);
    const infrastructure = criticalPath(
      tasks.filter(({ urn }) => urn.includes("::spacelift:platform:Aks$spacelift:aks:")),
    );
    const byHand = tasks.filter(({ urn }) => guideSteps.includes(nameOf(urn)));
    const guide = infrastructure.seconds + byHand.reduce((sum, task) => sum + task.seconds, 0);
    console.log(`the guide's steps one after another, without the time of the hands: ${minutes(guide)}`);
  } finally {
    await rehearsal.close();
    await rm(dir, { recursive: true, force: true });
  }
}
