import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { ImagesPlatform } from "../platform/platform";

/** A namespace: created, or an existing one. */
export interface NamespaceChoice {
  readonly name: string;
  readonly create: boolean;
}

/** A namespace that is ready for use. */
export interface ProvidedNamespace {
  readonly name: pulumi.Output<string>;
  /** The resource, if it is created here. */
  readonly created: readonly core.Namespace[];
}

/**
 * Creates a namespace or takes an existing one, which stays as it is.
 *
 * @param labels of a namespace that is created
 */
export function provideNamespace(
  logicalName: string,
  { name, create }: NamespaceChoice,
  labels: Readonly<Record<string, string>>,
  opts: pulumi.CustomResourceOptions,
): ProvidedNamespace {
  if (!create) return { name: pulumi.output(name), created: [] };
  const namespace = createNamespace(logicalName, name, labels, opts);
  return { name: namespace.metadata.name, created: [namespace] };
}

/** Creates a namespace. It goes last, when everything in it has been taken away in order. */
export function createNamespace(
  logicalName: string,
  name: string,
  labels: Readonly<Record<string, string>>,
  opts: pulumi.CustomResourceOptions,
): core.Namespace {
  return new core.Namespace(
    logicalName,
    { metadata: { name, ...(Object.keys(labels).length > 0 && { labels }) } },
    // A load balancer or a finalizer may take its time.
    { ...opts, customTimeouts: { delete: "15m" } },
  );
}

/** A reference to a pull secret, as service accounts and pods take it. */
export interface PullSecretReference {
  readonly name: pulumi.Input<string>;
}

/**
 * Creates the pull secret of a namespace, when the platform has credentials for one.
 *
 * @returns references to it and to the existing ones
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
