/** Why some things are as they are, for each scanner that finds them under a name of its own. */
export const reasons = {
  cpuLimit:
    "A limit slows a process down while the node idles. Requests share the processors when they are scarce, and every container has one.",
  memoryLimit:
    "A limit that is too low ends the one way in, or the renewal of certificates, at the busiest moment. What they hold grows with the cluster, not with Spacelift; `helmValues` of each sets one. Spacelift's own pods have limits.",
  writableRoot:
    "The vendor's images write below their root and say no list of where, and ingress-nginx writes its configuration there. Privileges cannot be escalated in either.",
  lowUser:
    "The user is the image's. cert-manager and the worker controller run as one that is not root; ingress-nginx needs its own to bind ports; the vendor does not say that Spacelift runs as any other (`helmValues` can set one).",
} as const;
