import {
  at,
  listAt,
  objectAt,
  type OperationContext,
  PartialFailure,
  type Properties,
  stringAt,
  textOf,
  type World,
  type WorldState,
} from "../framework";
import { authorityOf, issueCertificate } from "../loopback/authority";
import { balanceOnAzure, type Balancing } from "../azure/cluster/integration";
import {
  controllers,
  findObject,
  groupOf,
  type KubeObject,
  newObject,
  type ObjectIdentity,
  objectKey,
  objects,
} from "./cluster";
import { operatorsIngress } from "./api/built-in";
import { describeLive } from "./object-state";

/** Keeps a WorkerPool until its controller has stopped the workers. */
export const WORKER_POOL_FINALIZER = "workers.spacelift.io/finalizer";
const DEFAULT_TIMEOUT_SECONDS = 600;

/** Lets the controllers of the cluster act on an object, and waits where the provider waits. */
export async function settle(
  identity: ObjectIdentity,
  inputs: Properties,
  context: OperationContext,
): Promise<void> {
  const isSettled = (): true | undefined =>
    context.world.change((state) => {
      const found = findObject(state, identity);
      if (found === undefined) return true;
      const reaction = react(state, found, context);
      if (reaction === undefined) return undefined;
      objects.of(state).set(objectKey(identity), { ...found, ...reaction });
      return true;
    });
  const isAwaited = at(inputs, "metadata", "annotations", "pulumi.com/skipAwait") !== "true";
  const timeoutSeconds = isAwaited ? (context.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) : 0;
  if ((await context.poll(isSettled, { intervalSeconds: 10, timeoutSeconds })) === true || !isAwaited) return;
  const id = identity.namespace === undefined ? identity.name : `${identity.namespace}/${identity.name}`;
  throw new PartialFailure(id, describeLive(identity, inputs, context.world), inputs, [
    `Resource "${id}" was created but failed to initialize: timed out waiting for ${identity.kind} "${identity.name}" to get an address: ` +
      "no controller in the cluster serves it",
  ]);
}

type Reaction = Partial<Pick<KubeObject, "status" | "finalizers">>;

/** What the cluster makes of an object; `undefined` while it cannot be served. */
function react(
  state: WorldState,
  object: KubeObject,
  { clock, world }: Pick<OperationContext, "clock" | "world">,
): Reaction | undefined {
  const now = clock.now();
  const ready = {
    conditions: [{ type: "Ready", status: "True", reason: "Ready", lastTransitionTime: now.toISOString() }],
  };
  switch (`${object.kind}.${groupOf(object.apiVersion)}`) {
    case "Namespace.":
      return { status: { phase: "Active" } };
    case "Service.": {
      if (at(object.body, "spec", "type") !== "LoadBalancer") return { status: { loadBalancer: {} } };
      const balancing = balance(state, object, now);
      return "address" in balancing ? { status: { loadBalancer: balancer(balancing.address) } } : undefined;
    }
    case "Job.batch": {
      const time = now.toISOString();
      const complete = { type: "Complete", status: "True", lastTransitionTime: time };
      return { status: { succeeded: 1, startTime: time, completionTime: time, conditions: [complete] } };
    }
    case "Ingress.networking.k8s.io": {
      const address = ingressAddress(state, stringAt(object.body, "spec", "ingressClassName"));
      return address === undefined ? undefined : { status: { loadBalancer: balancer(address) } };
    }
    case "ClusterIssuer.cert-manager.io":
    case "Issuer.cert-manager.io":
      return isAlive(state, "cert-manager") ? { status: ready } : {};
    case "Certificate.cert-manager.io":
      if (!isAlive(state, "cert-manager") || !hasIssuer(state, object)) return {};
      issue(
        state,
        {
          namespace: object.namespace ?? "",
          name: stringAt(object.body, "spec", "secretName") ?? "",
          hosts: listAt(object.body, "spec", "dnsNames").map(textOf),
          issuer: issuerOf(object),
        },
        world,
      );
      return { status: ready };
    case "WorkerPool.workers.spacelift.io":
      return isAlive(state, "worker-pools")
        ? {
            status: { currentWorkers: Number(at(object.body, "spec", "poolSize") ?? 1) },
            finalizers: [WORKER_POOL_FINALIZER],
          }
        : {};
    default:
      return {};
  }
}

/** Whether the controller of a role runs in the cluster. */
export function isAlive(state: WorldState, role: "cert-manager" | "worker-pools"): boolean {
  return controllers.of(state).has(role);
}

/** The address at which an ingress controller serves a class; `undefined` when none does. */
export function ingressAddress(state: WorldState, className: string | undefined): string | undefined {
  const controller = controllers.of(state).get(`ingress:${className ?? ""}`);
  if (controller === undefined) return operatorsIngress(state, className);
  const service = objects
    .of(state)
    .entries()
    .map(([, object]) => object)
    .find(
      ({ kind, release, status }) =>
        kind === "Service" && release === controller.release && status !== undefined,
    );
  const [entry] = listAt(service?.status, "loadBalancer", "ingress");
  return stringAt(entry, "ip");
}

/** The address of the load balancer of a Service, or why it has none: a cloud may refuse. */
export function balance(
  state: WorldState,
  object: Pick<KubeObject, "body" | "name" | "namespace">,
  now: Date,
): Balancing {
  const service = { ...object, namespace: object.namespace ?? "" };
  return balanceOnAzure(state, service, now) ?? { address: addressOf(object) };
}

/** The address a load balancer gets: the one it asks for, else one of the range kept for documentation. */
function addressOf(object: Pick<KubeObject, "body" | "name">): string {
  const wanted =
    stringAt(object.body, "spec", "loadBalancerIP") ??
    stringAt(object.body, "metadata", "annotations", "service.beta.kubernetes.io/azure-load-balancer-ipv4");
  if (wanted !== undefined && wanted !== "") return wanted;
  const sum = Buffer.from(object.name).reduce((total, byte) => total + byte, 0);
  return `203.0.113.${(sum % 250) + 2}`;
}

/** The status of a service or ingress that is reachable at an address. */
export function balancer(address: string): Properties {
  return { ingress: [{ ip: address }] };
}

/** A certificate that cert-manager is asked for. */
interface Issuance {
  readonly namespace: string;
  /** Of the Secret. */
  readonly name: string;
  readonly hosts: readonly string[];
  readonly issuer: IssuerReference;
}

/** What signs a certificate. */
interface IssuerReference {
  readonly kind: string;
  readonly name: string;
}

const issuerOf = (certificate: KubeObject): IssuerReference => ({
  kind: stringAt(certificate.body, "spec", "issuerRef", "kind") ?? "Issuer",
  name: stringAt(certificate.body, "spec", "issuerRef", "name") ?? "",
});

/** Whether the issuer exists that a certificate names. */
function hasIssuer(state: WorldState, certificate: KubeObject): boolean {
  const { kind, name } = issuerOf(certificate);
  const namespace = kind === "Issuer" ? { namespace: certificate.namespace ?? "" } : {};
  return findObject(state, { apiVersion: "cert-manager.io/v1", kind, name, ...namespace }) !== undefined;
}

/**
 * Puts an issued certificate into its Secret. A Secret that says it is of that very issuer stays as it is, however the
 * issuer has changed; any other is issued anew, as cert-manager's SecretIssuerAnnotationsMismatch
 * (internal/controller/certificates/policies/checks.go) decides.
 */
export function issue(
  state: WorldState,
  { namespace, name, hosts, issuer }: Issuance,
  world: Pick<World, "seal">,
): void {
  const identity = { apiVersion: "v1", kind: "Secret", name, namespace };
  const annotations = {
    "cert-manager.io/issuer-name": issuer.name,
    "cert-manager.io/issuer-kind": issuer.kind,
    "cert-manager.io/issuer-group": "cert-manager.io",
  };
  const found = findObject(state, identity);
  const known = objectAt(found?.body, "metadata", "annotations");
  if (found && Object.entries(annotations).every(([key, value]) => known[key] === value)) return;
  const authority = authorityOf(state);
  const pair = issueCertificate(authority, hosts);
  const data = Object.fromEntries(
    Object.entries({
      "tls.crt": pair.certificate,
      "tls.key": pair.privateKey,
      "ca.crt": authority.certificate,
    }).map(([key, pem]) => [key, world.seal(Buffer.from(pem).toString("base64"))]),
  );
  const body = { metadata: { annotations }, type: "kubernetes.io/tls", data };
  const made = newObject(identity, body, { now: new Date() });
  const kept = found && {
    uid: found.uid,
    createdAt: found.createdAt,
    resourceVersion: found.resourceVersion + 1,
  };
  objects.of(state).set(objectKey(identity), { ...made, ...kept });
}
