import { z } from "zod";
import type { Settings } from "../../config/settings";
import { decoded } from "../../kubernetes/credentials";
import { isKubeError } from "../../kubernetes/kube-error";
import { type ClusterReader, envSecrets } from "./cluster-reader";
import type { VersionStatus } from "./report";
import { serviceOf } from "./workloads";

/** The one variable that is read of a Secret, and no secret itself. */
const launcherSchema = z.object({ data: z.object({ LAUNCHER_IMAGE_TAG: z.string().optional() }).nullish() });

/** Tag of an image: `registry:5000/team/image:v1@sha256:…` → `v1`; empty without one. */
export function tagOf(image: string): string {
  const [reference = ""] = image.split("@");
  const name = reference.slice(reference.lastIndexOf("/") + 1);
  return name.includes(":") ? name.slice(name.indexOf(":") + 1) : "";
}

/** Reads which versions run, and what Helm recorded. */
export async function readVersions(
  reader: ClusterReader,
  settings: Pick<Settings, "version">,
  signal: AbortSignal,
): Promise<VersionStatus> {
  const [deployments, release, launcher] = await Promise.all([
    reader.deployments(),
    reader.release(),
    readLauncher(reader, signal),
  ]);
  return {
    expected: settings.version,
    images: Object.fromEntries(
      deployments.map(({ metadata, spec }) => [
        metadata.name,
        tagOf(spec.template.spec.containers[0]?.image ?? ""),
      ]),
    ),
    ...(launcher !== undefined && { launcher }),
    ...(release && {
      release: {
        revision: release.revision,
        status: release.status,
        chart: release.chart.name,
        chartVersion: release.chart.version,
        ...(release.updated !== undefined && { updatedAt: release.updated }),
        ...(release.description !== undefined && { description: release.description }),
      },
    }),
  };
}

/** The tag that the drain starts runs with: in the last of its Secrets that has one, which wins. */
async function readLauncher(reader: ClusterReader, signal: AbortSignal): Promise<string | undefined> {
  const { client, namespace } = reader;
  const drain = (await reader.deployments()).find((deployment) => serviceOf(deployment) === "drain");
  try {
    const secrets = await Promise.all(
      (drain ? envSecrets(drain) : []).map((name) =>
        client.find(`/api/v1/namespaces/${namespace}/secrets/${name}`, launcherSchema, { signal }),
      ),
    );
    return decoded(secrets.flatMap((secret) => secret?.data?.LAUNCHER_IMAGE_TAG ?? []).at(-1));
  } catch (error) {
    // Whoever may see pods but no Secrets sees everything else.
    if (isKubeError(error, "forbidden")) return undefined;
    throw error;
  }
}
