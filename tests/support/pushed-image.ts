import { pushImage, type PushOptions, type PushResult } from "../../images/push";
import { writeArchive } from "./archives";
import { buildImage, incompressible } from "./images";

/**
 * Makes an archive with an image of more than is kept in memory, so that it is sent as it is read, and pushes it as
 * `team/spacelift-backend:v3.0.0`.
 *
 * @param folder where the archive lies
 */
export async function pushLargeImage(
  folder: string,
  options: Pick<PushOptions, "address"> & Partial<PushOptions>,
): Promise<PushResult> {
  const image = await buildImage("spacelift-backend:v3.0.0", ["the base", incompressible(9 << 20)]);
  return pushImage({
    role: "backend",
    repository: "team/spacelift-backend",
    tag: "v3.0.0",
    image: {
      path: await writeArchive(folder, "v3.0.0", { "spacelift-backend": image.tar }),
      extracted: false,
      member: "self-hosted-v3.0.0/container-images/spacelift-backend.tar",
      id: image.id,
    },
    env: {},
    signal: new AbortController().signal,
    ...options,
  });
}
