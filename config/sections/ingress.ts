import { z } from "zod";
import { sizes } from "../aks/sizes";
import { addressOfHost, cidr, dnsLabel, field } from "../formats";
import { annotations } from "../metadata";

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
    "Namespace of the controller: created when installed; with `existing`, the only one network policies let in. Leave it out for a controller on the nodes' network, whose requests come from no namespace.",
    "ingress-nginx",
  ),
  createNamespace: field(
    z.boolean().default(true),
    "Create the namespace of a controller that is installed. `false`: it exists already.",
  ),
  address: field(
    addressOfHost.optional(),
    "Address or host name the controller answers at, for `dnsRecords`, when the cluster cannot tell. With `internal`: the private address its load balancer gets.",
    "192.0.2.10",
  ),
  internal: field(
    z.boolean().default(false),
    "Give an installed controller's load balancer on AKS a private address, and make no public one.",
  ),
  annotations: field(annotations.default({}), "Further annotations of the server's Ingress.", {
    "example.com/owner": "platform",
  }),
  vcsGatewayAnnotations: field(
    annotations.default({}),
    "Further annotations of the VCS gateway's Ingress; with controller `other`, what makes it speak gRPC.",
  ),
  replicas: field(
    z.number().int().min(1).optional(),
    `Replicas of an installed controller, spread over zones and nodes. Default: 2 on-prem, ${sizes.prod.replicas} on AKS, and ${sizes.dev.replicas} with \`aks.size: dev\`.`,
    3,
  ),
  serviceType: field(
    z.enum(["LoadBalancer", "NodePort", "ClusterIP"]).optional(),
    "Service of an installed controller. Default: `LoadBalancer`.",
    "NodePort",
  ),
  serviceAnnotations: field(annotations.default({}), "Annotations of an installed controller's Service."),
  externalTrafficPolicy: field(
    z.enum(["Cluster", "Local"]).optional(),
    "`Local` keeps the addresses of clients, which `Cluster` replaces by those of nodes. With Cilium 1.19 and later, on AKS from Kubernetes 1.36, pods then reach the load balancer's address on nodes with a controller alone: workers and HTTP-01 fail elsewhere. Default: `Cluster`.",
    "Local",
  ),
  allowedRanges: field(
    z.array(cidr).default([]),
    "Client ranges an installed controller's load balancer lets in. Empty: all. VCS systems that send webhooks and workers elsewhere belong to them, and with kube-proxy the cluster's own pods.",
    ["203.0.113.0/24"],
  ),
  helmValues: field(
    z.record(z.string(), z.json()).default({}),
    "Values merged last into the controller's chart.",
  ),
});
