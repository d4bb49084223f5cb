import { gzipSync } from "node:zlib";
import { stringify } from "yaml";
import type { KeyPair } from "../peers/authority";
import type { ApiStore } from "./api-store";
import type { Manifest } from "../../../rehearsal/twins/kubernetes/api/manifest";

import { definition, helmAnnotations, namespace, secret } from "./objects";

const place = "spacelift";
const image = "registry.example.com/spacelift-backend:v3.0.0";
const services = { server: "", drain: "-drain", scheduler: "-scheduler" } as const;

/** A service of the installation. */
export type InstalledService = keyof typeof services;

const labelsOf = (service: InstalledService): Record<string, string> => ({
  "app.kubernetes.io/name": `spacelift-self-hosted${services[service]}`,
  "app.kubernetes.io/instance": `spacelift${services[service]}`,
});

/** The part of a Deployment that the chart renders. */
function renderedDeployment(service: InstalledService): Manifest {
  const secrets = service === "scheduler" ? ["shared"] : ["shared", service];
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: `spacelift-${service}`, namespace: place },
    spec: {
      replicas: 2,
      selector: { matchLabels: labelsOf(service) },
      template: {
        metadata: { labels: labelsOf(service) },
        spec: {
          containers: [
            {
              name: service,
              image,
              envFrom: secrets.map((name) => ({ secretRef: { name: `spacelift-${name}-1a2b3c4d` } })),
            },
          ],
        },
      },
    },
  };
}

const renderedIngress: Manifest = {
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: { name: "server-v4", namespace: place },
  spec: { ingressClassName: "nginx", rules: [{ host: "spacelift.example.com" }] },
};

/** An object as Helm has applied it. */
const applied = (object: Manifest, status: object): Manifest => ({
  ...object,
  metadata: { ...object.metadata, annotations: helmAnnotations("spacelift", place) },
  status,
});

/** A pod of a service. */
export const pod = (service: InstalledService, name: string, status: object = readyStatus): Manifest => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: place, labels: { ...labelsOf(service), "pod-template-hash": "5d4f" } },
  spec: { nodeName: "one", containers: [{ name: service, image }] },
  status,
});

/** A pod that runs and is ready. */
const readyStatus = {
  phase: "Running",
  startTime: "2026-01-02T03:04:05Z",
  conditions: [{ type: "Ready", status: "True" }],
  containerStatuses: [
    { name: "main", ready: true, started: true, restartCount: 0, state: { running: {} }, lastState: {} },
  ],
};

/** The status of a pod whose container does not run. */
export const waiting = (reason: string, message: string, restarts = 0, exitCode?: number): object => ({
  phase: "Pending",
  conditions: [{ type: "Ready", status: "False" }],
  containerStatuses: [
    {
      name: "main",
      ready: false,
      restartCount: restarts,
      state: { waiting: { reason, message } },
      lastState: exitCode === undefined ? {} : { terminated: { reason: "Error", exitCode } },
    },
  ],
});

/** What Helm records of a revision of the release. */
export function helmRecord(
  revision: number,
  status: string,
  description = "Upgrade complete",
  changes: { readonly updated?: Date; readonly removed?: Date; readonly hooks?: readonly object[] } = {},
): Manifest {
  const { updated, removed, hooks = [] } = changes;
  const manifest = [...deploymentsRendered(), renderedIngress]
    .map((object) => stringify(object))
    .join("---\n");
  const release = {
    name: "spacelift",
    version: revision,
    info: {
      status,
      description,
      last_deployed: updated?.toISOString() ?? "2026-01-02T03:04:05Z",
      deleted: removed?.toISOString() ?? "",
    },
    chart: { metadata: { name: "spacelift-self-hosted", version: "0.62.0" } },
    config: { planted: "planted-value" },
    manifest: `---\n${manifest}`,
    hooks,
  };
  const name = `sh.helm.release.v1.spacelift.v${revision}`;
  const packed = gzipSync(Buffer.from(JSON.stringify(release))).toString("base64");
  const made = secret(
    place,
    name,
    { release: packed },
    { type: "helm.sh/release.v1", manager: "pulumi-resource" },
  );
  const labels = { owner: "helm", name: "spacelift", status, version: String(revision) };
  return { ...made, metadata: { ...made.metadata, labels } };
}

const deploymentsRendered = (): Manifest[] =>
  (["server", "drain", "scheduler"] as const).map(renderedDeployment);

/** Puts a healthy installation of v3.0.0 into a cluster. */
export function putInstallation(
  store: ApiStore,
  tls: KeyPair,
  authority: string,
  address = "127.0.0.1",
): void {
  const texts = { "tls.crt": tls.certificate, "tls.key": tls.privateKey, "ca.crt": authority };
  const ready = { replicas: 2, readyReplicas: 2, updatedReplicas: 2, conditions: [] };
  store.put(
    namespace(place),
    ...deploymentsRendered().map((deployment) => applied(deployment, ready)),
    ...(["server", "drain", "scheduler"] as const).flatMap((service) => [
      pod(service, `spacelift-${service}-a`),
      pod(service, `spacelift-${service}-b`),
    ]),
    applied(renderedIngress, { loadBalancer: { ingress: [{ ip: address }] } }),
    secret(place, "spacelift-shared-1a2b3c4d", { DATABASE_URL: "planted-database" }),
    secret(place, "spacelift-server-1a2b3c4d", { ADMIN_PASSWORD: "planted-admin" }),
    secret(place, "spacelift-drain-1a2b3c4d", { LAUNCHER_IMAGE_TAG: "v3.0.0" }),
    secret(place, "cert", texts, { type: "kubernetes.io/tls", manager: "cert-manager" }),
    helmRecord(1, "superseded"),
    helmRecord(2, "deployed"),
    definition("certificates.cert-manager.io"),
    definition("challenges.acme.cert-manager.io"),
    certificate("True"),
  );
}

/** What cert-manager says about the certificate of the host. */
export const certificate = (ready: string, message = "Certificate is up to date"): Manifest => ({
  apiVersion: "cert-manager.io/v1",
  kind: "Certificate",
  metadata: { name: "cert", namespace: place },
  spec: { secretName: "cert" },
  status: {
    conditions: [{ type: "Ready", status: ready, message }],
    renewalTime: "2026-12-01T00:00:00Z",
  },
});

/** A proof of the domain that does not come about. */
export const challenge = (state: string, reason: string): Manifest => ({
  apiVersion: "acme.cert-manager.io/v1",
  kind: "Challenge",
  metadata: { name: "cert-1", namespace: place },
  spec: { dnsName: "spacelift.example.com", type: "HTTP-01", token: "planted-challenge" },
  status: { state, reason },
});

/** An event about a pod. */
export const podEvent = (pod: string, reason: string, message: string): Manifest => ({
  apiVersion: "v1",
  kind: "Event",
  metadata: { name: `${pod}.${reason.toLowerCase()}`, namespace: place },
  involvedObject: { kind: "Pod", name: pod },
  type: "Warning",
  reason,
  message,
  lastTimestamp: "2026-01-02T03:04:05Z",
});
