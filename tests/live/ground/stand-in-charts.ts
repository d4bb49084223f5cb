import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Issuing } from "./issuing";

/** Copies of the charts of the tests, complete with what is only known when the ground stands. */
export interface StandInCharts {
  /** `spacelift:charts` that names them. */
  readonly settings: Readonly<
    Record<`charts.${"spacelift" | "workerController" | "certManager" | "ingress"}.chart`, string>
  >;
  readonly stop: () => Promise<void>;
}

/** Lays out the charts in a folder of their own; cert-manager's gets its definitions and the address of its webhook. */
export async function standInCharts({ webhook, definitions }: Issuing): Promise<StandInCharts> {
  const folder = await mkdtemp(join(tmpdir(), "spacelift-test-charts-"));
  await cp(join(__dirname, "..", "charts"), folder, { recursive: true });
  const certManager = join(folder, "cert-manager");
  await cp(definitions, join(certManager, "definitions"), { recursive: true });
  const values = {
    crds: { enabled: false, keep: true },
    serviceAccount: { annotations: {} },
    webhook: { url: webhook.url, caBundle: Buffer.from(webhook.authority).toString("base64") },
  };
  await writeFile(join(certManager, "values.yaml"), stringify(values));
  return {
    settings: {
      "charts.spacelift.chart": join(folder, "spacelift-self-hosted"),
      "charts.workerController.chart": join(folder, "spacelift-workerpool-controller"),
      "charts.certManager.chart": certManager,
      "charts.ingress.chart": join(folder, "traefik"),
    },
    stop: () => rm(folder, { recursive: true, force: true }),
  };
}
