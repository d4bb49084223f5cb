import { at, stringAt } from "../../framework";
import { findDefinition } from "../cluster";
import { definition, deployment, fullName, type KnownChart, serviceAccount } from "./rendered";

const KINDS: readonly (readonly [group: string, kind: string, plural: string])[] = [
  ["cert-manager.io", "Certificate", "certificates"],
  ["cert-manager.io", "CertificateRequest", "certificaterequests"],
  ["cert-manager.io", "Issuer", "issuers"],
  ["cert-manager.io", "ClusterIssuer", "clusterissuers"],
  ["acme.cert-manager.io", "Order", "orders"],
  ["acme.cert-manager.io", "Challenge", "challenges"],
];

/** The chart of cert-manager: three workloads, and its custom kinds when asked for. */
export const certManagerChart: KnownChart = {
  latest: "v1.21.2",
  defaults: { crds: { enabled: false, keep: true }, installCRDs: false },
  render({ release, namespace, values }) {
    const name = fullName(release, "cert-manager", values);
    const hasDefinitions = at(values, "crds", "enabled") === true || values["installCRDs"] === true;
    const isKept = at(values, "crds", "keep") !== false;
    const workloads = [name, `${name}-cainjector`, `${name}-webhook`];
    return {
      objects: [
        ...workloads.flatMap((workload) => [
          serviceAccount(namespace, workload),
          deployment(namespace, workload),
        ]),
        ...(hasDefinitions
          ? KINDS.map(([group, kind, plural]) => definition(group, kind, plural, isKept))
          : []),
      ],
      controllers: ["cert-manager"],
      installSeconds: 45,
      problems: (state) =>
        findDefinition(state, "cert-manager.io", "Certificate") === undefined
          ? [
              `Job ${namespace}/${name}-startupapicheck: the cert-manager CRDs are not yet installed on the Kubernetes API server`,
            ]
          : [],
    };
  },
};

const GROUP = "workers.spacelift.io";

/** The chart of the worker pool controller, which brings its custom kinds unless told otherwise. */
export const workerControllerChart: KnownChart = {
  latest: "0.71.0",
  appVersion: "v0.0.38",
  defaults: { crds: { install: true } },
  render({ release, namespace, values }) {
    const name = `${fullName(release, "spacelift-workerpool-controller", values)}-controller-manager`;
    const isKept = stringAt(values, "crds", "annotations", "helm.sh/resource-policy") === "keep";
    const kinds = [
      definition(GROUP, "WorkerPool", "workerpools", isKept),
      definition(GROUP, "Worker", "workers", isKept),
    ];
    return {
      objects: [
        serviceAccount(namespace, name),
        deployment(namespace, name),
        ...(at(values, "crds", "install") === false ? [] : kinds),
      ],
      controllers: ["worker-pools"],
      installSeconds: 30,
    };
  },
};
