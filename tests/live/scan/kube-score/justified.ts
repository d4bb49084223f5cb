import { reasons } from "../reasons";
import {
  all,
  certManager,
  deployments,
  ingressNginx,
  spacelift,
  traefik,
  workerController,
} from "../workloads";

/** A finding that stays, and why. */
export interface Justification {
  readonly check: string;
  /** Objects it is seen on, as `Deployment spacelift/spacelift-server`. */
  readonly objects: readonly string[];
  readonly reason: string;
}

const policies = (namespace: string, ...names: readonly string[]): string[] =>
  names.map((name) => `NetworkPolicy ${namespace}/${name}`);

/** Every finding that is accepted. One that is not here, or no longer seen, fails the test. */
export const justified: readonly Justification[] = [
  {
    check: "container-resources: CPU limit is not set",
    objects: all,
    reason: reasons.cpuLimit,
  },
  {
    check: "container-resources: Memory limit is not set",
    objects: [...certManager, ...traefik, ...ingressNginx],
    reason: reasons.memoryLimit,
  },
  ...["limit", "request"].map((what) => ({
    check: `container-ephemeral-storage-request-and-limit: Ephemeral Storage ${what} is not set`,
    objects: all,
    reason:
      "None of them has a volume of its node that it fills; a limit would evict a pod in the middle of an upload that passes through it. Runs have theirs in `workers.pools[].spec`.",
  })),
  {
    check: "container-image-pull-policy: ImagePullPolicy is not set to Always",
    objects: all,
    reason:
      "Tags are those of releases and are not moved. Asking each time would make every start of a pod depend on the registry.",
  },
  {
    check:
      "container-security-context-readonlyrootfilesystem: The pod has a container with a writable root filesystem",
    objects: [...spacelift, ...ingressNginx],
    reason: reasons.writableRoot,
  },
  ...["The container is running with a low user ID", "The container running with a low group ID"].map(
    (what) => ({
      check: `container-security-context-user-group-id: ${what}`,
      objects: [...spacelift, ...certManager, ...ingressNginx, ...workerController],
      reason: reasons.lowUser,
    }),
  ),
  {
    check: "deployment-replicas: Deployment few replicas",
    objects: certManager,
    reason:
      "One of them leads and does the work, others wait. While a node is lost, certificates are not renewed for a minute, of the month there is for it; `certManager.helmValues` has more of them run.",
  },
  {
    check: "deployment-replicas: Deployment few replicas",
    objects: [...deployments("spacelift", "spacelift-server"), ...traefik],
    reason: "The size dev is for trying out: one of each. Other sizes have two or three.",
  },
  {
    check: "deployment-has-host-podantiaffinity: Deployment does not have a host podAntiAffinity set",
    objects: [...traefik, ...ingressNginx],
    reason:
      "They are spread over nodes and zones by topology constraints, which count as well as keep apart.",
  },
  {
    check: "networkpolicy-targets-pod: The NetworkPolicys selector doesn't match any pods",
    objects: [
      ...policies("spacelift", "acme-challenges"),
      ...policies("spacelift-workers", "default-deny-ingress", "no-metadata-endpoint"),
    ],
    reason: "The pods of challenges and of runs are made by controllers, when there are any.",
  },
  {
    check: "pod-networkpolicy: The pod does not have a matching NetworkPolicy",
    objects: [...certManager, ...traefik, ...ingressNginx, ...workerController],
    reason:
      "Webhooks are called by the API server, from addresses that differ between clusters, and the ingress controller by everybody. What the program closes are the namespaces of Spacelift and of runs.",
  },
  {
    check: "pod-networkpolicy: The pod does not have a matching egress NetworkPolicy",
    objects: spacelift,
    reason:
      "They call version control, identity providers, clouds and webhooks that users enter; no list of these is known before. Runs, whose code is others', are kept from the nodes' metadata.",
  },
  {
    check: "pod-probes-identical: Container has the same readiness and liveness probe",
    objects: [...traefik, ...ingressNginx],
    reason:
      "Their charts ask one path for both, which answers for the process alone and not for what is behind it: the harm that two probes avoid cannot happen.",
  },
  {
    check: "pod-probes: Container is missing a livenessProbe",
    objects: deployments("spacelift", "spacelift-server"),
    reason:
      "The chart has no value for one. A server that does not answer gets no requests, as its readiness is asked for.",
  },
  {
    check: "pod-probes: Container is missing a readinessProbe",
    objects: [
      ...deployments("cert-manager", "cert-manager", "cert-manager-cainjector"),
      ...deployments("spacelift", "spacelift-vcs-gateway"),
    ],
    reason:
      "Nothing sends requests to the first two but a collector of metrics. For the gateway the chart has no value; agents connect again when it is not there yet.",
  },
];
