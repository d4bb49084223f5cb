import assert from "node:assert/strict";
import { listeners } from "../../components/spacelift/connections";
import { scratchFolder } from "../support/scratch";
import { needsCharts } from "./support/chart-folder";
import { ClusterView, type Container, type Pods, listensOn, selects } from "./support/cluster-view";
import { planner } from "./support/planned";
import { scenarios } from "./support/scenarios";

type Fields = Readonly<Record<string, unknown>>;

// Held against what the charts make: a name, label or port that only we believe in points nowhere there.
describe("what the program and the charts say of each other", function () {
  this.timeout(120_000);
  needsCharts();
  const plan = planner();
  const folder = scratchFolder();

  for (const { title, config } of scenarios) {
    it(`holds: ${title}`, async () => {
      const view = await ClusterView.of(await plan(config()), folder());
      assert.deepEqual(
        [
          ...twice(view),
          ...view.pods().flatMap((pods) => missing(view, pods)),
          ...view.pods().flatMap(deafProbes),
          ...blindSelectors(view),
          ...deafPolicies(view),
          ...unknownPorts(view),
          ...deafServices(view),
          ...strayIngresses(view),
        ],
        [],
      );
    });
  }
});

/** Objects that are made twice. */
function twice({ objects }: ClusterView): string[] {
  const names = objects.map(
    ({ kind, apiVersion, metadata }) => `${apiVersion} ${kind} ${metadata.namespace ?? "-"}/${metadata.name}`,
  );
  return names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${name} is made twice`);
}

/** What pods need and nothing makes. */
function missing(view: ClusterView, pods: Pods): string[] {
  const { spec, namespace, workload } = pods;
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  const wanted: (readonly [kind: string, name: unknown, optional?: unknown])[] = [
    ...containers.flatMap(environmentSources),
    ...(spec.volumes ?? []).flatMap(volumeSources),
    ...(spec.imagePullSecrets ?? []).map(({ name }) => ["Secret", name] as const),
    ...(spec.serviceAccountName === undefined ? [] : [["ServiceAccount", spec.serviceAccountName] as const]),
  ];
  return wanted
    .filter(([kind, name, optional]) => optional !== true && !view.has(kind, namespace, String(name)))
    .map(([kind, name]) => `${workload} in ${namespace} needs the ${kind} ${String(name)}`);
}

function environmentSources({ env = [], envFrom = [] }: Container): (readonly [string, unknown, unknown])[] {
  const named = (reference: unknown, kind: string): (readonly [string, unknown, unknown])[] => {
    if (reference === undefined) return [];
    const { name, optional } = reference as Fields;
    return [[kind, name, optional]];
  };
  return [
    ...envFrom.flatMap((each) => [
      ...named(each["secretRef"], "Secret"),
      ...named(each["configMapRef"], "ConfigMap"),
    ]),
    ...env.flatMap(({ valueFrom = {} }) => [
      ...named(valueFrom["secretKeyRef"], "Secret"),
      ...named(valueFrom["configMapKeyRef"], "ConfigMap"),
    ]),
  ];
}

function volumeSources(volume: Fields): (readonly [string, unknown, unknown])[] {
  const { secret, configMap } = volume as { readonly secret?: Fields; readonly configMap?: Fields };
  return [
    ...(secret ? [["Secret", secret["secretName"], secret["optional"]] as const] : []),
    ...(configMap ? [["ConfigMap", configMap["name"], configMap["optional"]] as const] : []),
  ];
}

/** Probes of ports that no container has by that name; a number need not be declared. */
function deafProbes(pods: Pods): string[] {
  return pods.spec.containers.flatMap(({ startupProbe, livenessProbe, readinessProbe }) =>
    [startupProbe, livenessProbe, readinessProbe].flatMap((probe) => {
      const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port;
      return typeof port !== "string" || listensOn(pods, port)
        ? []
        : [`${pods.workload} is probed on ${port}`];
    }),
  );
}

/** Budgets and policies that select nothing, and pods of ours without one. */
function blindSelectors(view: ClusterView): string[] {
  const selectorOf = ({ kind, ...object }: { readonly kind: string; readonly spec?: unknown }): Fields => {
    const spec = object.spec as { readonly selector?: Fields; readonly podSelector?: Fields };
    return (kind === "NetworkPolicy" ? spec.podSelector : spec.selector) ?? {};
  };
  return ["PodDisruptionBudget", "NetworkPolicy"].flatMap((kind) =>
    view.all(kind).flatMap((object) => {
      const { name, namespace = "" } = object.metadata;
      const selector = selectorOf(object);
      // One that names no label means every pod of its namespace, which may be a run's or a challenge's.
      const isSelective = Object.values(selector).some((each) => Object.keys(each as object).length > 0);
      const found = view
        .pods()
        .filter((pods) => pods.namespace === namespace && selects(selector, pods.labels));
      return isSelective && found.length === 0 && !dynamicPods(selector)
        ? [`${kind} ${namespace}/${name} selects no pod: ${JSON.stringify(selector)}`]
        : [];
    }),
  );
}

// Pods that a controller makes while it works have no template here: those of runs and of HTTP-01 challenges.
const dynamicPods = (selector: Fields): boolean =>
  /workers\.spacelift\.io|acme\.cert-manager\.io/.test(JSON.stringify(selector));

/** Ports that a policy lets in and that no pod it selects has. */
function deafPolicies(view: ClusterView): string[] {
  return view.all("NetworkPolicy").flatMap(({ metadata, ...object }) => {
    const { podSelector = {}, ingress = [] } = object["spec"] as {
      readonly podSelector?: Fields;
      readonly ingress?: readonly { readonly ports?: readonly { readonly port?: string | number }[] }[];
    };
    if (dynamicPods(podSelector)) return [];
    const pods = view
      .pods()
      .filter((each) => each.namespace === metadata.namespace && selects(podSelector, each.labels));
    return ingress
      .flatMap(({ ports = [] }) => ports)
      .filter(({ port }) => port !== undefined && !pods.some((each) => listensOn(each, port)))
      .map(({ port }) => `NetworkPolicy ${metadata.name} lets in to ${port}, where nothing listens`);
  });
}

/** Ports of Spacelift's own pods that the table of who listens does not know: nobody may reach them, whoever has to. */
function unknownPorts(view: ClusterView): string[] {
  const known = Object.values(listeners).map(({ port }) => port);
  return view
    .pods()
    .filter(({ namespace }) => namespace === "spacelift")
    .flatMap(({ workload, spec }) =>
      spec.containers
        .flatMap(({ ports = [] }) => ports)
        .filter(({ containerPort }) => !known.includes(containerPort))
        .map(({ containerPort }) => `${workload} listens on ${containerPort}, which no policy knows`),
    );
}

/** Services without pods, and ports of theirs that their pods do not have. */
function deafServices(view: ClusterView): string[] {
  return view.all("Service").flatMap(({ metadata, ...object }) => {
    const { selector, ports = [] } = object["spec"] as {
      readonly selector?: Readonly<Record<string, string>>;
      readonly ports?: readonly { readonly port: number; readonly targetPort?: string | number }[];
    };
    if (selector === undefined) return [];
    const pods = view
      .pods()
      .filter(
        (each) => each.namespace === metadata.namespace && selects({ matchLabels: selector }, each.labels),
      );
    if (pods.length === 0) return [`Service ${metadata.name} selects no pod`];
    return ports
      .map(({ port, targetPort = port }) => targetPort)
      .filter((target) => !pods.some((each) => listensOn(each, target)))
      .map((target) => `Service ${metadata.name} leads to ${target}, where nothing listens`);
  });
}

/** Ingresses that lead to a Service or a port there is not. */
function strayIngresses(view: ClusterView): string[] {
  return view.all("Ingress").flatMap(({ metadata, ...object }) => {
    const { rules = [] } = object["spec"] as {
      readonly rules?: readonly {
        readonly http: {
          readonly paths: readonly {
            readonly backend: {
              readonly service: {
                readonly name: string;
                readonly port: { readonly name?: string; readonly number?: number };
              };
            };
          }[];
        };
      }[];
    };
    return rules
      .flatMap(({ http }) => http.paths.map(({ backend }) => backend.service))
      .filter(({ name, port }) => {
        const service = view.all("Service", metadata.namespace).find((each) => each.metadata.name === name);
        const { ports = [] } = (service?.["spec"] ?? {}) as {
          readonly ports?: readonly { readonly name?: string; readonly port: number }[];
        };
        return !ports.some(
          (each) => each.port === port.number || (port.name !== undefined && each.name === port.name),
        );
      })
      .map(
        ({ name, port }) =>
          `Ingress ${metadata.name} leads to ${name}:${port.name ?? port.number}, which is not there`,
      );
  });
}
