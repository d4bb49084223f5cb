import { stringify } from "yaml";
import { SIMULATED_API_SERVER } from "../twins";

/** Writes the kubeconfig of the simulated cluster, whose certificates an authority (PEM) vouches for. */
export function placeholderKubeconfig(authority: string, context = "rehearsal"): string {
  const cluster = {
    server: `https://${SIMULATED_API_SERVER}:6443`,
    "certificate-authority-data": Buffer.from(authority).toString("base64"),
  };
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": context,
    clusters: [{ name: "rehearsal", cluster }],
    users: [{ name: "rehearsal", user: { token: "token-of-nobody" } }],
    contexts: [{ name: context, context: { cluster: "rehearsal", user: "rehearsal" } }],
  });
}
