import type * as helm from "@pulumi/kubernetes/helm/v3";
import type { ChartPin } from "../../config/versions";

/** What the operator chose about a chart: a mirror, another version, an OCI reference or a local copy. */
export interface ChartOverride {
  /** Name in the repository, `oci://` reference or path. */
  readonly chart?: string | undefined;
  readonly repository?: string | undefined;
  readonly version?: string | undefined;
}

/** The arguments of a Helm release that say which chart to install. */
export type ChartArgs = Pick<helm.ReleaseArgs, "chart" | "version" | "repositoryOpts">;

/** Combines a pin with what the operator chose. A local chart has the version it has; an OCI reference needs no repository. */
export function chartArgs(pin: ChartPin, override: ChartOverride): ChartArgs {
  const chart = override.chart ?? pin.chart;
  const version = override.version ?? pin.version;
  if (/^[./~]/.test(chart)) return { chart };
  if (chart.startsWith("oci://")) return { chart, version };
  return { chart, version, repositoryOpts: { repo: override.repository ?? pin.repository } };
}
