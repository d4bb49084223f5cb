import { pushImage, type PushOptions, type PushResult } from "../../images/push";
import type { SavedImageFile } from "../../images/saved-image";
import { writeArchive } from "./archives";
import { type BuiltImage, buildImage, incompressible } from "./images";

const VERSION = "v3.0.0";

/** Name of the image that {@link archivedImage} takes. */
export const IMAGE = `spacelift-backend:${VERSION}`;

/** Bytes of a layer of which more than is kept in memory: it is sent as it is read, and read again to be sent again. */
export const LARGE = 9 << 20;

/** Puts an image into an archive of its own, which lies in a folder. */
export const archivedImage = async (folder: string, { tar, id }: BuiltImage): Promise<SavedImageFile> => ({
  path: await writeArchive(folder, VERSION, { "spacelift-backend": tar }),
  extracted: false,
  member: `self-hosted-${VERSION}/container-images/spacelift-backend.tar`,
  id,
});

/** How an archived image is pushed as `team/spacelift-backend:v3.0.0`, by nobody's login. */
export const pushOptions = (
  image: SavedImageFile,
  options: Pick<PushOptions, "address"> & Partial<PushOptions>,
): PushOptions => ({
  role: "backend",
  repository: "team/spacelift-backend",
  tag: VERSION,
  image,
  env: {},
  signal: new AbortController().signal,
  ...options,
});

/** Makes an archive with a large image and pushes it. */
export async function pushLargeImage(
  folder: string,
  options: Parameters<typeof pushOptions>[1],
): Promise<PushResult> {
  const image = await buildImage(IMAGE, ["the base", incompressible(LARGE)]);
  return pushImage(pushOptions(await archivedImage(folder, image), options));
}
