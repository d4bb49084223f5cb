import type { Properties } from "../../rehearsal/twins/framework";

/** An object that the API server and the twin of the Kubernetes provider both judge. */
export interface JudgedObject {
  readonly what: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** Its resource in paths of the API; `undefined` namespace: of the whole cluster. */
  readonly resource: string;
  readonly isClusterWide?: true;
  readonly object: Properties;
}

const block = (ipBlock: Properties): Properties => ({
  spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{ from: [{ ipBlock }] }] },
});
const rule = (host: string, path: Properties): Properties => ({
  spec: {
    rules: [
      { host, http: { paths: [{ backend: { service: { name: "s", port: { number: 80 } } }, ...path }] } },
    ],
  },
});
const root = { path: "/", pathType: "Prefix" };
const credentials = '{"auths":{"registry.example.com":{"auth":"dXNlcjpwYXNz"}}}';

function judged(
  apiVersion: string,
  kind: string,
  resource: string,
  objects: Readonly<Record<string, Properties>>,
  isClusterWide?: true,
): JudgedObject[] {
  return Object.entries(objects).map(([what, object]) => ({
    what: `${kind}: ${what}`,
    apiVersion,
    kind,
    resource,
    object: { metadata: { name: "judged" }, ...object },
    ...(isClusterWide && { isClusterWide }),
  }));
}

/** Objects of the kinds that the program makes: what is right, and what an operator may get wrong. */
export const judgedObjects: readonly JudgedObject[] = [
  ...judged(
    "v1",
    "Namespace",
    "namespaces",
    {
      plain: {},
      "a name with a dot": { metadata: { name: "a.b" } },
      "a name with an underscore": { metadata: { name: "a_b" } },
      "a label with a space": { metadata: { name: "judged", labels: { team: "not valid" } } },
      "a label of 64 characters": { metadata: { name: "judged", labels: { team: "x".repeat(64) } } },
      "an annotation with a space in its key": { metadata: { name: "judged", annotations: { "a b": "" } } },
    },
    true,
  ),
  ...judged("v1", "Secret", "secrets", {
    plain: { stringData: { KEY: "value" } },
    "a key with a space": { stringData: { "A KEY": "value" } },
    "data that is no base64": { data: { KEY: "not base64!" } },
    "TLS with both parts": { type: "kubernetes.io/tls", stringData: { "tls.crt": "c", "tls.key": "k" } },
    "TLS without a key": { type: "kubernetes.io/tls", stringData: { "tls.crt": "c" } },
    "registry credentials": {
      type: "kubernetes.io/dockerconfigjson",
      stringData: { ".dockerconfigjson": credentials },
    },
    "registry credentials that are no JSON": {
      type: "kubernetes.io/dockerconfigjson",
      stringData: { ".dockerconfigjson": "user:password" },
    },
    "basic authentication with a password": {
      type: "kubernetes.io/basic-auth",
      stringData: { password: "p" },
    },
    "basic authentication with neither part": {
      type: "kubernetes.io/basic-auth",
      stringData: { token: "t" },
    },
  }),
  ...judged("v1", "Service", "services", {
    plain: { spec: { ports: [{ port: 80 }] } },
    "a name that starts with a digit": { metadata: { name: "1st" }, spec: { ports: [{ port: 80 }] } },
    "ranges of a load balancer": {
      spec: { type: "LoadBalancer", loadBalancerSourceRanges: ["192.0.2.0/24"], ports: [{ port: 80 }] },
    },
    "ranges without a load balancer": {
      spec: { type: "ClusterIP", loadBalancerSourceRanges: ["192.0.2.0/24"], ports: [{ port: 80 }] },
    },
  }),
  ...judged("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies", {
    plain: { spec: { podSelector: {}, policyTypes: ["Ingress"] } },
    "an unknown type": { spec: { podSelector: {}, policyTypes: ["Inbound"] } },
    "a range": block({ cidr: "192.0.2.0/24" }),
    "a range whose address is not its first": block({ cidr: "192.0.2.1/24" }),
    "a prefix longer than the address": block({ cidr: "192.0.2.0/64" }),
    "an address without a prefix": block({ cidr: "192.0.2.1" }),
    "everything but a part": block({ cidr: "0.0.0.0/0", except: ["169.254.0.0/16"] }),
    "everything of IPv6 but an address": block({ cidr: "::/0", except: ["fd00:ec2::254/128"] }),
    "an exception of the other family": block({ cidr: "::/0", except: ["169.254.0.0/16"] }),
    "an exception outside": block({ cidr: "10.0.0.0/8", except: ["192.168.0.0/16"] }),
    "an exception of all": block({ cidr: "10.0.0.0/8", except: ["10.0.0.0/8"] }),
    "a range and a selector in one peer": {
      spec: {
        podSelector: {},
        ingress: [{ from: [{ ipBlock: { cidr: "10.0.0.0/8" }, podSelector: {} }] }],
      },
    },
  }),
  ...judged("networking.k8s.io/v1", "Ingress", "ingresses", {
    plain: rule("spacelift.example.com", root),
    "a wildcard": rule("*.example.com", root),
    "no rule": { spec: {} },
    "no path type": rule("spacelift.example.com", { path: "/" }),
    "a path without a slash": rule("spacelift.example.com", { path: "app", pathType: "Prefix" }),
    "a host in capitals": rule("Spacelift.example.com", root),
    "an address for a host": rule("192.0.2.1", root),
    "a host with a port": rule("spacelift.example.com:8443", root),
  }),
  ...judged("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets", {
    plain: { spec: { maxUnavailable: 1, selector: {} } },
    "a share": { spec: { minAvailable: "50%", selector: {} } },
    "more than all": { spec: { maxUnavailable: "150%", selector: {} } },
    "both ways at once": { spec: { minAvailable: 1, maxUnavailable: 1, selector: {} } },
  }),
];
