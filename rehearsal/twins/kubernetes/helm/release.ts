import {
  defineResource,
  numeric,
  type OperationContext,
  PartialFailure,
  type Properties,
  stringAt,
  TwinError,
  UNKNOWN,
} from "../../framework";
import { releases } from "../cluster";
import { requireReachable } from "../config";
import { balanceServices, type Installation, install, mark, uninstall, upgrade } from "./install";
import {
  checkRelease,
  normaliseRelease,
  releaseFields,
  renderRelease,
  type Rendering,
} from "./release-inputs";
import { rollOut } from "./workloads";

const DEFAULT_TIMEOUT_SECONDS = 300;
const POLL_SECONDS = 10;
const TIMED_OUT = "timed out waiting for the condition";

/** Simulates a Helm release: charts that are known bring their objects, and pods start when what they need is there. */
export const release = defineResource({
  inputs: { ...releaseFields, timeout: numeric({ integer: true, min: 0 }) },
  replaceOn: ["name", "namespace"],
  normalise: normaliseRelease,
  check: checkRelease,
  computed: ["status"],
  recomputed: ["status"],
  preview: (inputs) => ({
    resourceNames: inputs["resourceNames"] ?? UNKNOWN,
    checksum: inputs["checksum"] ?? UNKNOWN,
  }),
  async create(inputs, context) {
    requireReachable(context);
    const rendering = renderRelease(inputs);
    const key = keyOf(inputs);
    context.world.change((state) => {
      install(state, rendering, installationOf(inputs, context));
    });
    const failure = await becomeReady(inputs, rendering, context);
    if (failure === undefined) {
      end(key, "deployed", context);
      return { id: key, outputs: describe(inputs, context) };
    }
    if (inputs["atomic"] === true) {
      context.world.change((state) => uninstall(state, key));
      throw new TwinError(
        `release ${key.split("/")[1] ?? ""} failed, and has been uninstalled due to atomic being set: ${failure}`,
      );
    }
    end(key, "failed", context);
    throw new PartialFailure(key, describe(inputs, context), inputs, [
      `Helm release "${key}" was created, but failed to initialize completely. Use Helm CLI to investigate.: failed to become ` +
        `available within allocated timeout. Error: Helm Release ${key}: ${failure}`,
    ]);
  },
  read(recorded, context) {
    requireReachable(context);
    if (context.world.read((state) => releases.of(state).get(recorded.id)) === undefined) return undefined;
    return { ...recorded, outputs: describe(recorded.outputs, context) };
  },
  async update(before, inputs, context) {
    requireReachable(context);
    const rendering = renderRelease(inputs);
    const installation = installationOf(inputs, context);
    context.world.change((state) => {
      upgrade(state, rendering, installation, "pending-upgrade");
    });
    const failure = await becomeReady(inputs, rendering, context);
    if (failure === undefined) {
      end(before.id, "deployed", context);
      return describe(inputs, context);
    }
    end(before.id, "failed", context);
    const outputs = describe(inputs, context);
    if (inputs["atomic"] === true) {
      const previous = renderRelease(before.inputs);
      context.world.change((state) => {
        upgrade(state, previous, installationOf(before.inputs, context), "pending-rollback");
        mark(state, before.id, "deployed");
      });
    }
    const rolledBack = `release ${installation.name} failed, and has been rolled back due to atomic being set: `;
    // The state takes the new inputs all the same, with an error that makes the next run try again.
    throw new PartialFailure(before.id, outputs, inputs, [
      `Helm release "${before.id}" failed to initialize completely. Use Helm CLI to investigate: failed to become ` +
        `available within allocated timeout. Error: Helm Release ${before.id}: ` +
        `${inputs["atomic"] === true ? rolledBack : ""}${failure}`,
    ]);
  },
  async delete(recorded, context) {
    requireReachable(context);
    const left = context.world.change((state) => {
      if (!releases.of(state).has(recorded.id))
        throw new TwinError(`uninstall: Release not loaded: ${recorded.id}: release: not found`);
      return uninstall(state, recorded.id);
    });
    await context.clock.sleep(POLL_SECONDS, context.signal);
    if (left.length === 0 || (recorded.outputs["skipAwait"] === true && recorded.outputs["atomic"] !== true))
      return;
    await context.clock.sleep(timeoutOf(recorded.outputs), context.signal);
    throw new TwinError(
      `uninstallation completed with 1 error(s): ${TIMED_OUT}: still there: ` +
        left.map(({ kind, name }) => `${kind} "${name}"`).join(", "),
    );
  },
});

function end(key: string, status: "deployed" | "failed", { world }: OperationContext): void {
  world.change((state) => {
    mark(state, key, status);
  });
}

/**
 * Waits for the pods as Helm does. Answers why it gave up: what keeps the pods from starting when the time is over, or that
 * the engine was told to stop, upon which Helm cleans up as after any other failure.
 */
async function becomeReady(
  inputs: Properties,
  rendering: Rendering,
  context: OperationContext,
): Promise<string | undefined> {
  const problems = (): string[] =>
    context.world.change((state) => {
      const now = context.clock.now();
      const found = rendering.problems?.(state, now) ?? [];
      rollOut(state, keyOf(inputs), found, now);
      return [...found, ...balanceServices(state, keyOf(inputs), now)];
    });
  if (inputs["skipAwait"] === true && inputs["atomic"] !== true) {
    problems();
    return undefined;
  }
  const timeoutSeconds = Math.max(timeoutOf(inputs) - rendering.installSeconds, 0);
  const isReady = (): true | undefined => (problems().length === 0 ? true : undefined);
  try {
    await context.clock.sleep(rendering.installSeconds, context.signal);
    if ((await context.poll(isReady, { intervalSeconds: POLL_SECONDS, timeoutSeconds })) === true)
      return undefined;
  } catch (error) {
    if (context.signal.aborted) return "context canceled";
    throw error;
  }
  return `${TIMED_OUT}: ${problems().join("; ")}`;
}

function timeoutOf(properties: Properties): number {
  const { timeout } = properties;
  return typeof timeout === "number" && timeout > 0 ? timeout : DEFAULT_TIMEOUT_SECONDS;
}

function keyOf(inputs: Properties): string {
  return `${stringAt(inputs, "namespace") ?? ""}/${stringAt(inputs, "name") ?? ""}`;
}

function installationOf(inputs: Properties, context: OperationContext): Installation {
  return {
    name: stringAt(inputs, "name") ?? "",
    namespace: stringAt(inputs, "namespace") ?? "",
    createNamespace: inputs["createNamespace"] === true,
    takeOwnership: inputs["takeOwnership"] === true,
    now: context.clock.now(),
    world: context.world,
  };
}

function describe(inputs: Properties, { world }: OperationContext): Properties {
  const key = keyOf(inputs);
  const record = world.read((state) => releases.of(state).get(key));
  if (record === undefined) throw new TwinError(`release: not found: ${key}`);
  const { chart, version, appVersion, revision, status } = record;
  const [namespace = "", name = ""] = key.split("/");
  return { ...inputs, version, status: { appVersion, chart, name, namespace, revision, status, version } };
}
