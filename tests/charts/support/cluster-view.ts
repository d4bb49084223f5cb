import type { Manifest } from "../../../rehearsal/twins/kubernetes/api/manifest";
import { rendered } from "./helm";
import type { Planned } from "./planned";

type Fields = Readonly<Record<string, unknown>>;

/** A container as a pod template has it, with what the tests read of it. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: Fields }[];
  readonly envFrom?: readonly Fields[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
}

/** A probe, as far as it names a port. */
export interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: string | number };
  readonly tcpSocket?: { readonly port: string | number };
  readonly periodSeconds?: number;
  readonly failureThreshold?: number;
}

/** The pods of a workload. */
export interface Pods {
  /** `Deployment/spacelift-server`. */
  readonly workload: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: {
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly serviceAccountName?: string;
    readonly imagePullSecrets?: readonly { readonly name: string }[];
    readonly volumes?: readonly Fields[];
    readonly hostNetwork?: boolean;
    readonly topologySpreadConstraints?: readonly Fields[];
  };
}

const clusterScoped = new Set([
  ...["Namespace", "CustomResourceDefinition", "ClusterRole", "ClusterRoleBinding", "ClusterIssuer"],
  ...["IngressClass", "GatewayClass", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"],
]);

/** Everything that one configuration brings into a cluster: the objects of the program and those its charts make. */
export class ClusterView {
  constructor(readonly objects: readonly Manifest[]) {}

  /** Renders the charts of a plan. */
  static async of(planned: Planned, scratch: string): Promise<ClusterView> {
    const objects = [...planned.objects];
    for (const release of planned.releases) {
      for (const object of await rendered(release, scratch)) {
        objects.push(clusterScoped.has(object.kind) ? object : inNamespace(object, release.namespace));
      }
    }
    return new ClusterView(objects);
  }

  /** The objects of a kind, in a namespace where one is named. */
  all(kind: string, namespace?: string): readonly Manifest[] {
    return this.objects.filter(
      (object) =>
        object.kind === kind && (namespace === undefined || object.metadata.namespace === namespace),
    );
  }

  has(kind: string, namespace: string, name: string): boolean {
    return this.all(kind, namespace).some(({ metadata }) => metadata.name === name);
  }

  /** The pods of every Deployment, StatefulSet, DaemonSet and Job. */
  pods(): readonly Pods[] {
    return this.objects.flatMap((object) => {
      const spec = object["spec"] as { readonly template?: PodTemplate } | undefined;
      if (spec?.template?.spec === undefined || object.apiVersion.startsWith("workers.")) return [];
      return [
        {
          workload: `${object.kind}/${object.metadata.name}`,
          namespace: object.metadata.namespace ?? "",
          labels: spec.template.metadata?.labels ?? {},
          spec: spec.template.spec,
        },
      ];
    });
  }
}

interface PodTemplate {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: Pods["spec"];
}

const inNamespace = (object: Manifest, namespace: string): Manifest => ({
  ...object,
  metadata: { namespace, ...object.metadata },
});

/** Whether labels meet a selector with `matchLabels` and `matchExpressions`. */
export function selects(selector: Fields, labels: Readonly<Record<string, string>>): boolean {
  const {
    matchLabels = {},
    matchExpressions = [],
    ...unknown
  } = selector as {
    readonly matchLabels?: Readonly<Record<string, string>>;
    readonly matchExpressions?: readonly {
      readonly key: string;
      readonly operator: string;
      readonly values?: readonly string[];
    }[];
  };
  if (Object.keys(unknown).length > 0) throw new Error(`no selector: ${JSON.stringify(selector)}`);
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      switch (operator) {
        case "In":
          return value !== undefined && values.includes(value);
        case "NotIn":
          return value === undefined || !values.includes(value);
        case "Exists":
          return value !== undefined;
        case "DoesNotExist":
          return value === undefined;
        default:
          throw new Error(`unknown operator ${operator}`);
      }
    })
  );
}

/** Whether a port, by name or number, is one that a container of the pods listens on. */
export function listensOn({ spec }: Pods, port: string | number): boolean {
  return spec.containers.some(({ ports = [] }) =>
    ports.some(({ name, containerPort }) => containerPort === port || name === port),
  );
}
