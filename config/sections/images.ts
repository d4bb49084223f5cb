import { z } from "zod";
import { field, sha256 } from "../formats";

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
  archive: field(
    z.string().min(1).optional(),
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
