import type * as pulumi from "@pulumi/pulumi";
import type { Platform } from "../components/platform/platform";
import type { Configuration } from "../config/load";
import type { PlannedRestorePoint } from "../config/restore-point";
import type { Settings } from "../config/settings";
import type * as aks from "./aks";
import type * as onprem from "./onprem";

/** @param restorePoint what the platform takes of its database before the release, if it can, or has taken */
type CreatePlatform = (configuration: Configuration, restorePoint?: PlannedRestorePoint) => Platform;

/* eslint-disable @typescript-eslint/no-require-imports -- loaded on demand: a preview should not pay for the SDKs of the
   other target, and a dynamic import of CommonJS would make the whole wiring asynchronous */
const factories: Readonly<Record<Settings["target"], () => CreatePlatform>> = {
  aks: () => (require("./aks") as typeof aks).createAksPlatform,
  onprem: () => (require("./onprem") as typeof onprem).createOnPremPlatform,
};
/* eslint-enable @typescript-eslint/no-require-imports */

/** Creates the platform of the configured target: the only place that asks which one it is. */
export const createPlatform: CreatePlatform = (configuration, restorePoint) =>
  factories[configuration.settings.target]()(configuration, restorePoint);

/** Options of a component in the platform's cluster: created after, and deleted before, its nodes. */
export function clusterOptions({ kubernetes }: Platform): pulumi.ComponentResourceOptions {
  return { providers: [kubernetes.provider], dependsOn: [...(kubernetes.ready ?? [])] };
}
