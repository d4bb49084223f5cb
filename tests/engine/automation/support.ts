import type { DeploymentOptions, SettingsInput, SpaceliftEvent } from "../../../automation";
import { type Rehearsal, type RehearsalOptions, startRehearsal } from "../../../rehearsal/rehearsal";
import { configured } from "../../support/configurations";
import { engineTimeout, sharedEngine } from "../support";

/** Starts a simulated world for a suite; it goes with the suite. */
export function worldOf(options: Omit<RehearsalOptions, "engine"> = {}): () => Rehearsal {
  let world: Rehearsal | undefined;
  before(async function () {
    this.timeout(engineTimeout);
    world = await startRehearsal({ ...options, engine: await sharedEngine() });
  });
  after(() => world?.close());
  return () => {
    if (!world) throw new Error("the simulated world is not there yet");
    return world;
  };
}

/** The smallest on-premises deployment that pushes no images. */
export function onprem(
  world: Rehearsal,
  stack: string,
  changes: Partial<SettingsInput> = {},
): DeploymentOptions {
  const { settings, secrets } = configured(changes);
  return {
    stack,
    // Tests write settings as data; the function that takes them checks every one.
    settings: settings as SettingsInput,
    secrets: { ...secrets, kubeconfig: world.kubeconfig },
    workspace: world.workspace,
  };
}

/** Collects events by kind. */
export function recorder(): {
  readonly events: SpaceliftEvent[];
  readonly of: <K extends SpaceliftEvent["kind"]>(kind: K) => Extract<SpaceliftEvent, { kind: K }>[];
} {
  const events: SpaceliftEvent[] = [];
  return {
    events,
    of: (kind) =>
      events.filter((event): event is Extract<SpaceliftEvent, { kind: typeof kind }> => event.kind === kind),
  };
}
