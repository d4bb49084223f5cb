import { table } from "../framework";

/** An image as the simulated daemon holds it. */
export interface LocalImage {
  /** Identity, as `sha256:…`. */
  readonly id: string;
}

/** An image as a simulated registry holds it. */
export interface PushedImage {
  /** Digest of the manifest, as `sha256:…`. */
  readonly digest: string;
}

/** A registry that the world knows; an image of it can only be pulled when it has been pushed. */
export interface Registry {
  /** Whether reading asks for credentials. */
  readonly isPrivate: boolean;
}

/** Images of the simulated daemon by reference, as `registry.example.com/app:1.2`. */
export const localImages = table<LocalImage>("docker/local-image");

/** Images of simulated registries by reference. */
export const pushedImages = table<PushedImage>("docker/pushed-image");

/** Simulated registries by address, as `registry.example.com`. */
export const registries = table<Registry>("docker/registry");
