import { z } from "zod";
import { sizes } from "../aks/sizes";
import { addressOfHost, cidr, field, hostName, quantity } from "../formats";
import { annotations, labels } from "../metadata";

const amounts = z.strictObject({ cpu: quantity.optional(), memory: quantity.optional() }).optional();

/** Requests and limits of a container. */
export const resources = z.strictObject({ requests: amounts, limits: amounts });

/** Pods of each service, where neither the operator nor the size of an installation on Azure says otherwise. */
export const defaultReplicas = 3;

const service = z.strictObject({
  replicas: field(
    z.number().int().min(1).max(100).optional(),
    `Number of pods. Default: ${defaultReplicas}, and ${sizes.dev.replicas} with \`aks.size: dev\`.`,
    defaultReplicas,
  ),
  resources: field(resources.optional(), "Requests and limits of the container.", {
    requests: { cpu: "1", memory: "2Gi" },
  }),
  nodeSelector: field(labels.default({}), "Labels a node must have."),
  tolerations: field(z.array(z.record(z.string(), z.json())).default([]), "Taints the pods tolerate."),
  affinity: field(
    z.record(z.string(), z.json()).optional(),
    "Affinity, instead of the default of spreading the pods over nodes.",
  ),
});

/** Queues of the drain, each with receivers of its own. */
export const queues = [
  "asyncJobs",
  "asyncJobsFifo",
  "cronjobs",
  "dlq",
  "dlqFifo",
  "events",
  "iot",
  "webhooks",
] as const;

/** A queue of the drain. */
export type Queue = (typeof queues)[number];

const receivers = z.number().int().min(1).max(1000).optional();

// `fromEntries` forgets which keys there are: all queues.
const receiversByQueue = Object.fromEntries(queues.map((queue) => [queue, receivers])) as Record<
  Queue,
  typeof receivers
>;

const drain = service.extend({
  concurrency: field(
    z.strictObject(receiversByQueue).default({}),
    "Receivers per drain pod and queue. The server's default is 1 each.",
    { asyncJobs: 4 },
  ),
  messageTimeoutSeconds: field(
    z.number().int().min(1).max(86400).optional(),
    "Seconds a message may take. The server's default is 900.",
    300,
  ),
});

/** `spacelift:services`: replicas, resources and placement of each service. */
export const services = z.strictObject({
  server: service.prefault({}),
  drain: drain.prefault({}),
  scheduler: field(service.prefault({}), "Up to v6.3: from v6.4.0 on the drain does its work."),
  vcsGateway: service.prefault({}),
});

/** `spacelift:vcsGateway`: reach VCS systems in private networks through agents. */
export const vcsGateway = z.strictObject({
  domain: field(
    hostName,
    "Host name VCS agents connect to. Switches the gateway on, from v3.4.0.",
    "vcs-gateway.spacelift.example.com",
  ),
});

/** `spacelift:mqtt`: how workers reach the built-in broker. */
export const mqtt = z.strictObject({
  domain: field(
    hostName.optional(),
    "Host name of the broker for workers outside the cluster. Default: the Service's name in the cluster.",
    "mqtt.spacelift.example.com",
  ),
  serviceType: field(
    z.enum(["ClusterIP", "LoadBalancer", "NodePort"]).default("ClusterIP"),
    "Service of the broker. `LoadBalancer` for workers outside the cluster: the server ends TLS itself.",
  ),
  staticAddress: field(
    z.boolean().default(false),
    "On AKS: create a static public address for the broker's load balancer, and its record where `aks.dns` has a zone. It changes the address of a load balancer there is.",
  ),
  address: field(
    addressOfHost.optional(),
    "Address or host name of the load balancer, for `dnsRecords`, where you choose it: by `annotations`, or with one of yours in front of a NodePort.",
    "192.0.2.20",
  ),
  annotations: field(annotations.default({}), "Annotations of the broker's Service."),
  allowedRanges: field(
    z.array(cidr).default([]),
    "Client ranges the broker's load balancer lets in. Empty: all.",
    ["203.0.113.0/24"],
  ),
});
