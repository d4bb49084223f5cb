/** A chart as it is installed when nothing else is configured. */
export interface ChartPin {
  /** Name of the chart in its repository. */
  readonly chart: string;
  readonly repository: string;
  readonly version: string;
}

/**
 * Every version this program pins, in one place. Newer Spacelift charts drop the scheduler for releases from v6.4.0 on;
 * 0.62.0 fits v3, v4 and v5.
 */
export const charts = {
  spacelift: {
    chart: "spacelift-self-hosted",
    repository: "https://downloads.spacelift.io/helm",
    version: "0.62.0",
  },
  workerController: {
    chart: "spacelift-workerpool-controller",
    repository: "https://downloads.spacelift.io/helm",
    version: "0.62.0",
  },
  traefik: { chart: "traefik", repository: "https://traefik.github.io/charts", version: "41.3.0" },
  // The last release of an archived project; older ones are open to CVE-2025-1974 and its successors.
  ingressNginx: {
    chart: "ingress-nginx",
    repository: "https://kubernetes.github.io/ingress-nginx",
    version: "4.15.1",
  },
  certManager: { chart: "cert-manager", repository: "https://charts.jetstack.io", version: "v1.21.2" },
} as const satisfies Record<string, ChartPin>;
