import { stringify } from "yaml";

/** Writes the kubeconfig of a cluster that does not exist: a request to it fails at once. */
export function placeholderKubeconfig(context = "rehearsal"): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": context,
    clusters: [{ name: "rehearsal", cluster: { server: "https://rehearsal.invalid:6443" } }],
    users: [{ name: "rehearsal", user: { token: "rehearsal" } }],
    contexts: [{ name: context, context: { cluster: "rehearsal", user: "rehearsal" } }],
  });
}
