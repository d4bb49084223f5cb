import { program } from "../../../program";
import type { ChartPin } from "../../../config/versions";
import { releaseImages, writeArchive } from "../../support/archives";
import { computedState } from "../../support/computed-state";
import { type TestConfig, merged, runnable } from "../../support/configurations";
import { type Exchange, withExchange } from "../../support/exchange";
import { type Inventory, SecretValue } from "../../support/inventory";
import type { Manifest } from "../../../rehearsal/twins/kubernetes/api/manifest";
import { run } from "../../support/run";
import { scratchFolder } from "../../support/scratch";

/** A Helm release as the program asks for it. */
export interface PlannedRelease {
  readonly name: string;
  readonly namespace: string;
  readonly chart: ChartPin;
  readonly values: Readonly<Record<string, unknown>>;
}

/** What the program makes in a cluster for one configuration. */
export interface Planned {
  readonly releases: readonly PlannedRelease[];
  /** Objects that the program makes itself. */
  readonly objects: readonly Manifest[];
}

const releaseType = "kubernetes:helm.sh/v3:Release";

/** Gives a suite a function that runs the program under mocks and gathers what it makes in the cluster. */
export function planner(): (config: TestConfig) => Promise<Planned> {
  const folder = scratchFolder();
  const exchange = withExchange();
  return async (config) => {
    const version = String(config.settings["version"]);
    const archive = await writeArchive(folder(), version, await releaseImages(version));
    const directories = { projectDirectory: folder(), archiveCacheDirectory: folder() };
    const { inventory } = await run(
      () => program(directories),
      runnable(withPlaces(config, archive, exchange)),
    );
    return { releases: releasesOf(inventory), objects: objectsOf(inventory) };
  };
}

/** The configuration with an archive that exists and a registry that answers. */
function withPlaces(config: TestConfig, archive: string, exchange: Exchange): TestConfig {
  if (config.settings["target"] !== "aks") return config;
  return merged(config, { images: { archive }, aks: { registry: { loginUrl: exchange.url() } } }, {});
}

function releasesOf(inventory: Inventory): PlannedRelease[] {
  return inventory.all(releaseType).map(({ inputs }) => {
    const { name, namespace, chart, version, repositoryOpts, values } = unwrapped(inputs) as {
      readonly name: string;
      readonly namespace: string;
      readonly chart: string;
      readonly version: string;
      readonly repositoryOpts: { readonly repo: string };
      readonly values: Readonly<Record<string, unknown>>;
    };
    return { name, namespace, chart: { chart, version, repository: repositoryOpts.repo }, values };
  });
}

function objectsOf(inventory: Inventory): Manifest[] {
  return inventory.resources
    .filter(({ type }) => type.startsWith("kubernetes:") && type !== releaseType)
    .map(
      ({ type, name, inputs }) => unwrapped({ ...inputs, ...computedState(type, name, inputs) }) as Manifest,
    );
}

/** A value with everything secret in it as it is. */
function unwrapped(value: unknown): unknown {
  if (value instanceof SecretValue) return unwrapped(value.value);
  if (Array.isArray(value)) return value.map(unwrapped);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, unwrapped(each)]));
}
