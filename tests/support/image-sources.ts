import type { ImageSource } from "../../components/platform/image-push";

/** The two images of v3.0.0 in the vendor's archive, and where a registry gets them. */
export const imageSources: readonly ImageSource[] = ["backend", "launcher"].map((role) => ({
  role,
  member: `container-images/spacelift-${role}.tar`,
  reference: `spacelift-${role}:v3.0.0`,
  id: `${role}-id`,
  target: `registry.example.com/spacelift-${role}:v3.0.0`,
}));
