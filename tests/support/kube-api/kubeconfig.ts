import { stringify } from "yaml";
import { type KubeApi, tokens } from "./kube-api";

/** Changes to a kubeconfig. */
export interface KubeconfigOptions {
  /** @default - a token of `admin` */
  readonly user?: Readonly<Record<string, unknown>>;
  /** Fields of the cluster, over the usual ones. */
  readonly cluster?: Readonly<Record<string, unknown>>;
}

/** base64 of a text, as kubeconfigs and Secrets have it. */
export const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** A kubeconfig for a simulated API server. */
export function kubeconfigOf(api: KubeApi, options: KubeconfigOptions = {}): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "example",
    clusters: [
      {
        name: "cluster",
        cluster: {
          server: api.url,
          "certificate-authority-data": base64(api.serverAuthority.certificate),
          ...options.cluster,
        },
      },
    ],
    users: [
      { name: "user", user: options.user ?? { token: tokens.admin } },
      { name: "limited", user: { token: tokens.limited } },
    ],
    contexts: [
      { name: "example", context: { cluster: "cluster", user: "user" } },
      { name: "limited", context: { cluster: "cluster", user: "limited" } },
    ],
  });
}
