import { z } from "zod";
import { chartVersion, field } from "../formats";

const chart = z
  .strictObject({
    chart: field(
      z.string().min(1).optional(),
      "Chart name in the repository, an `oci://` reference, or the path of a local chart.",
      "oci://registry.example.com/charts/spacelift-self-hosted",
    ),
    repository: field(
      z.url({ protocol: /^https?$/, error: "must be the http(s) URL of a chart repository" }).optional(),
      "Chart repository. Not with an `oci://` reference or a local path.",
      "https://charts.example.com",
    ),
    version: field(
      chartVersion.optional(),
      "Exact chart version. Default: of Spacelift's charts the one that belongs to `version`, else the pinned one. Not with a local path.",
      "0.62.0",
    ),
  })
  .default({});

/** `spacelift:charts`: mirrors, versions or local copies of the Helm charts. */
export const charts = z.strictObject({
  spacelift: chart,
  workerController: chart,
  ingress: chart,
  certManager: chart,
  timeoutMinutes: field(
    z.number().int().min(1).max(120).default(20),
    "Minutes to wait for the pods of the Spacelift release (the guide's 20: the first start migrates the database).",
  ),
});
