import { z } from "zod";
import { cidr, dnsLabel, field, stringMap } from "../formats";

/** Which software answers for an ingress class: decides the annotations that gRPC needs. */
export const ingressControllers = ["traefik", "ingress-nginx", "other"] as const;

/** `spacelift:ingress`: the way in from outside the cluster. */
export const ingress = z.strictObject({
  mode: field(
    z.enum(["existing", "traefik", "ingress-nginx"]).optional(),
    "`existing` uses a controller of yours; `traefik` and `ingress-nginx` install one. Default: `existing` on-prem, `traefik` on AKS.",
    "traefik",
  ),
  className: field(
    dnsLabel.optional(),
    "Ingress class. Required with `existing`; otherwise the class to make (default `traefik` or `nginx`).",
    "nginx",
  ),
  controller: field(
    z.enum(ingressControllers).optional(),
    "With `existing`: what the controller is, so that the VCS gateway gets its gRPC annotations.",
    "ingress-nginx",
  ),
  namespace: field(
    dnsLabel.optional(),
    "Namespace of the controller: made when installed; with `existing`, the only one network policies let in.",
    "ingress-nginx",
  ),
  createNamespace: field(
    z.boolean().default(true),
    "Create the namespace of a controller that is installed. `false`: it exists already.",
  ),
  address: field(
    z.string().min(1).optional(),
    "Address or host name the controller answers at, for `dnsRecords`, when the cluster cannot tell.",
    "192.0.2.10",
  ),
  annotations: field(stringMap.default({}), "Further annotations of the server's Ingress.", {
    "example.com/owner": "platform",
  }),
  vcsGatewayAnnotations: field(
    stringMap.default({}),
    "Further annotations of the VCS gateway's Ingress; with controller `other`, what makes it speak gRPC.",
  ),
  replicas: field(z.number().int().min(1).default(2), "Replicas of an installed controller."),
  serviceType: field(
    z.enum(["LoadBalancer", "NodePort", "ClusterIP"]).default("LoadBalancer"),
    "Service of an installed controller.",
  ),
  serviceAnnotations: field(stringMap.default({}), "Annotations of an installed controller's Service."),
  allowedRanges: field(
    z.array(cidr).default([]),
    "Client ranges an installed controller's load balancer lets in. Empty: all.",
    ["203.0.113.0/24"],
  ),
  helmValues: field(
    z.record(z.string(), z.json()).default({}),
    "Values merged last into the controller's chart.",
  ),
});
