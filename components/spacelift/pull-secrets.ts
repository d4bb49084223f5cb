import * as core from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import type { ImagesPlatform } from "../platform/platform";

/** A reference to a pull secret, as service accounts and pods take it. */
export interface PullSecretReference {
  readonly name: pulumi.Input<string>;
}

/**
 * Makes the pull secret of a namespace, when the platform has credentials for one.
 *
 * @returns references to it and to those that were there already
 */
export function createPullSecrets(
  logicalName: string,
  namespace: pulumi.Input<string>,
  images: Pick<ImagesPlatform, "pullCredentials" | "pullSecretNames">,
  opts: pulumi.CustomResourceOptions,
): PullSecretReference[] {
  const existing = images.pullSecretNames.map((name) => ({ name }));
  if (!images.pullCredentials) return existing;
  const secret = new core.Secret(
    logicalName,
    {
      metadata: { name: "spacelift-registry", namespace },
      type: "kubernetes.io/dockerconfigjson",
      stringData: { ".dockerconfigjson": images.pullCredentials },
    },
    opts,
  );
  return [{ name: secret.metadata.name }, ...existing];
}
