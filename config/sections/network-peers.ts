import { z } from "zod";
import { cidr, dnsLabel, field } from "../formats";

/** What Cilium calls an entity, and runs may reach: peers that have neither a namespace nor, to Cilium, an address. */
const entities = ["host", "remote-node", "kube-apiserver", "ingress", "cluster"] as const;

export type CiliumEntity = (typeof entities)[number] | "world";

const peer = z
  .strictObject({
    namespace: field(dnsLabel.optional(), "The pods of a namespace.", "monitoring"),
    cidr: field(
      cidr.optional(),
      "A range of addresses outside of the cluster. To Cilium, it holds no address of a node or pod.",
      "192.0.2.0/24",
    ),
    entity: field(
      z.enum([...entities, "world"]).optional(),
      "An entity of Cilium, which must run in the cluster: `host` and `remote-node` are the nodes and the pods on their network, `ingress` is Cilium's own ingress controller.",
      "host",
    ),
  })
  .refine(
    (given) => Object.values(given).filter((each) => each !== undefined).length === 1,
    "must have exactly one of namespace, cidr and entity",
  );

const peers = (description: string): z.ZodDefault<z.ZodArray<typeof peer>> =>
  field(
    z.array(field(peer, "Somebody who is let in.", { namespace: "monitoring" })).default([]),
    description,
    [{ namespace: "monitoring" }],
  );

/** `spacelift:networkPeers`: who is let in by network policies, beyond what Spacelift itself needs. */
export const networkPeers = z.strictObject({
  server: peers(
    "Who connects to the server's port 1983 besides the ingress controller of `ingress.namespace`.",
  ),
  broker: peers(
    "Who connects to the broker besides the workers that are installed here. Without those, and unless somebody is named, every pod of the cluster may.",
  ),
  vcsGateway: peers("Who connects to the VCS gateway's port 1984 besides the ingress controller."),
  monitoring: peers("Who asks the services' health endpoints, port 8080. The kubelet may in any case."),
  runs: field(
    z.array(z.enum(entities)).default([]),
    "Entities of Cilium that runs reach. Without them, Cilium keeps runs from every address of a node: from an ingress controller on the nodes' network, and from an API server on a node.",
    ["kube-apiserver"],
  ),
});
