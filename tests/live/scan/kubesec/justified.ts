import { reasons } from "../reasons";
import { all, certManager, ingressNginx, spacelift, traefik, workerController } from "../workloads";

/** An advice of kubesec that is not taken, and why. What it calls critical is never accepted. */
export interface Justification {
  /** `RunAsNonRoot`. */
  readonly rule: string;
  /** Workloads it is given for, as `Deployment spacelift/spacelift-server`. */
  readonly objects: readonly string[];
  readonly reason: string;
}

const controllers = [...certManager, ...traefik, ...ingressNginx, ...workerController];

/** Every advice that is not taken. One that is not here, or no longer given, fails the test. */
export const justified: readonly Justification[] = [
  {
    rule: "ApparmorAny",
    objects: all,
    reason:
      "It asks for an annotation that a field has replaced since Kubernetes 1.30. On a node with AppArmor, the runtime applies its default profile to a container that names none.",
  },
  {
    rule: "SeccompAny",
    objects: controllers,
    reason:
      "It asks for an annotation that Kubernetes does not read since 1.27. The field in its place says `RuntimeDefault`.",
  },
  {
    rule: "SeccompAny",
    objects: spacelift,
    reason:
      "It asks for an annotation that Kubernetes does not read since 1.27. The vendor's chart has no profile in the field in its place; `helmValues` can set `podSecurityContext.seccompProfile`, or a node make `RuntimeDefault` what it gives all.",
  },
  {
    rule: "AutomountServiceAccountToken",
    objects: spacelift,
    reason: "Their service account says that no token is mounted, where kubesec does not look.",
  },
  {
    rule: "AutomountServiceAccountToken",
    objects: controllers,
    reason: "They are controllers: what they do is to ask the API server, with this token.",
  },
  ...["RunAsUser", "RunAsGroup"].map((rule) => ({
    rule,
    objects: [...spacelift, ...certManager, ...ingressNginx, ...workerController],
    reason: reasons.lowUser,
  })),
  ...["RunAsNonRoot", "CapDropAny", "CapDropAll"].map((rule) => ({
    rule,
    objects: spacelift,
    reason:
      "The vendor's chart says that its image does not run as another user than root yet, and of capabilities nothing; one that is missing would show only where it is used. Privileges cannot be escalated.",
  })),
  {
    rule: "ReadOnlyRootFilesystem",
    objects: [...spacelift, ...ingressNginx],
    reason: reasons.writableRoot,
  },
  { rule: "LimitsCPU", objects: all, reason: reasons.cpuLimit },
  {
    rule: "LimitsMemory",
    objects: [...certManager, ...traefik, ...ingressNginx],
    reason: reasons.memoryLimit,
  },
];
