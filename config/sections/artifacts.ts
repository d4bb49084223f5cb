import { z } from "zod";
import { chartVersion, field, line, releaseVersion, sha256 } from "../formats";

const repository = z
  .string()
  .regex(
    /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/,
    "must be the path of a repository in lower case, without registry and tag",
  );

/** `spacelift:images`: where the two images come from and what they are called in the registry. */
export const images = z.strictObject({
  push: field(
    z.boolean().default(true),
    "Push both images from the vendor's archive. `false`: they are in the registry already.",
  ),
  method: field(
    z.enum(["direct", "docker"]).default("direct"),
    "How images are pushed: `direct`, straight from the archive, or `docker`, with the Docker daemon of the machine that deploys.",
  ),
  archive: field(
    line.optional(),
    "The vendor's `self-hosted-vX.Y.Z.tar.gz`, or the directory it was extracted to. Required when pushing.",
    "./self-hosted-v3.0.0.tar.gz",
  ),
  sha256: field(
    sha256.optional(),
    "Checksum the archive must have. Not for an extracted directory.",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  ),
  backendRepository: field(
    repository.default("spacelift-backend"),
    "Repository of the backend image, below the registry's address.",
    "team/spacelift-backend",
  ),
  launcherRepository: field(
    repository.default("spacelift-launcher"),
    "Repository of the launcher image, below the registry's address.",
    "team/spacelift-launcher",
  ),
});

const chart = z
  .strictObject({
    chart: field(
      line.optional(),
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

/** `spacelift:upgrade`: how one release follows another. */
export const upgrade = z.strictObject({
  backup: field(
    z.boolean().optional(),
    "Take a restore point of the database before another release is deployed: on Azure a backup of the server that is created, on-prem a dump in the bucket `backups`. Default: on where Azure can take one, which excludes burstable servers; off on-prem.",
    true,
  ),
  allowFrom: field(
    releaseVersion.optional(),
    "Deployed release from which `version` may be reached although the step is not supported: an older one, once the database was restored from a backup of that release, or one that is majors away.",
    "v5.1.1",
  ),
});
