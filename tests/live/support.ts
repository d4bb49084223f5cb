import { delimiter, dirname } from "node:path";
import type { RehearsedStack, RehearsedStackOptions } from "../support/rehearsed-stack";
import { engineTimeout, rehearsalOf, sharedEngine } from "../engine/support";
import { type Ground, startGround } from "./ground";
import type { ApiObject } from "./ground/api-client";
import { goBuildTimeout, goProgram } from "./ground/go-programs";
import { kubernetesProviderPrograms } from "./ground/programs";

/** Time for one operation of the engine through real providers on a busy machine. */
export const liveTimeout = 900_000;

let ground: Promise<Ground> | undefined;

// One cluster serves all suites of a run: each leaves it as it found it.
after(async function () {
  this.timeout(liveTimeout);
  await (await ground)?.stop();
});

/** Gives a suite the ground, which stands from the first suite to the end of the run. */
export function withGround(): () => Ground {
  let standing: Ground | undefined;
  before(async function () {
    // All programs may have to be built.
    this.timeout(8 * goBuildTimeout);
    ground ??= startGround();
    standing = await ground;
  });
  return () => {
    if (standing === undefined) throw new Error("the ground does not stand yet");
    return standing;
  };
}

/** What differs between the stacks of the suites. */
export type LiveOptions = Pick<RehearsedStackOptions, "stack" | "config" | "secrets">;

/** Opens a stack whose Kubernetes provider and cluster are real, for a suite. */
export function liveStack(ground: () => Ground, options: () => LiveOptions): () => RehearsedStack {
  const path = process.env["PATH"];
  before(async function () {
    this.timeout(engineTimeout + goBuildTimeout);
    await sharedEngine();
    const provider = await goProgram(kubernetesProviderPrograms);
    // Where the engine finds a provider that is not simulated.
    process.env["PATH"] = [dirname(provider), path ?? ""].join(delimiter);
  });
  after(() => {
    process.env["PATH"] = path;
  });
  return rehearsalOf(() => {
    const { cluster, charts } = ground();
    const { config, ...rest } = options();
    return {
      real: ["kubernetes"],
      kubeconfig: cluster.deployer.kubeconfig,
      ...rest,
      config: { ...charts, ...config },
    };
  });
}

/** Names of objects, sorted. */
export const namesOf = (objects: readonly ApiObject[]): string[] =>
  objects.map(({ metadata }) => metadata.name).sort();

/** The value of a key of a Secret, decoded; undefined when it has none. */
export function secretValue(secret: ApiObject, key: string): string | undefined {
  const { [key]: value } = (secret["data"] ?? {}) as Readonly<Record<string, string>>;
  return value === undefined ? undefined : Buffer.from(value, "base64").toString("utf8");
}

/** Puts an ingress class into the cluster for a suite, as a controller does that others run. */
export function withIngressClass(name: string): void {
  const ground = withGround();
  const classes = "/apis/networking.k8s.io/v1/ingressclasses";
  before(async () => {
    await ground().cluster.api.must("POST", classes, {
      apiVersion: "networking.k8s.io/v1",
      kind: "IngressClass",
      metadata: { name },
      spec: { controller: "example.com/ingress-controller" },
    });
  });
  after(async () => {
    await ground().cluster.api.remove(`${classes}/${name}`);
  });
}
