import { at, type Properties } from "../../rehearsal/twins/framework";
import type { EngineClient, State } from "../twins/support/engine-client";
import { TOKENS, makeObject, objectInputs } from "../twins/support/kube";

/** What a provider answered, reduced to what does not differ from one run to the next. */
export type Answer = Readonly<Record<string, unknown>>;

/** Where the requests are sent about. */
export interface Surroundings {
  /** A namespace that is there. */
  readonly namespace: string;
  /** Folder of a chart that brings the kind WorkerPool. */
  readonly chart: string;
}

/** Something asked of a provider; it leaves nothing behind. */
type Request = (engine: EngineClient, surroundings: Surroundings) => Promise<Answer>;

/** Why a call was refused, in the words that matter to whoever reads them; undefined when it was not. */
async function refusal(call: Promise<unknown>, words: RegExp): Promise<string | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    const said = String(error);
    return words.exec(said)?.[0] ?? said;
  }
}

const diffOf = async (engine: EngineClient, state: State, inputs: Properties): Promise<Answer> => {
  const { hasChanges, replaces, deleteBeforeReplace } = await engine.diff(state, inputs);
  return { hasChanges, replaces, deleteBeforeReplace };
};

const policySpec = (cidr: string): Properties => ({
  podSelector: {},
  policyTypes: ["Ingress"],
  ingress: [{ from: [{ ipBlock: { cidr } }] }],
});

const ingressSpec = (path: Properties): Properties => ({
  rules: [
    {
      host: "spacelift.example.com",
      http: { paths: [{ path: "/", backend: { service: { name: "s", port: { number: 80 } } }, ...path }] },
    },
  ],
});

/** The specification of a Job with one container. */
export const jobSpec = (container: Properties, more: Properties = {}, pod: Properties = {}): Properties => ({
  ...more,
  template: { spec: { restartPolicy: "Never", containers: [{ name: "dump", ...container }], ...pod } },
});

/** The requests that both are sent. */
export const requests: Readonly<Record<string, Request>> = {
  "a namespace is made, is the same a second time, takes labels in place and is gone": async (engine) => {
    const metadata = { name: "twins-namespace" };
    const made = await makeObject(engine, "namespace", metadata);
    const inputs = objectInputs("namespace", metadata);
    const labelled = objectInputs("namespace", { ...metadata, labels: { team: "platform" } });
    const same = await diffOf(engine, made, inputs);
    const changed = await diffOf(engine, made, labelled);
    const after = await engine.update(made, labelled);
    const read = await engine.read(after);
    await engine.delete(after);
    return {
      id: made.id,
      phase: at(made.outputs, "status", "phase"),
      labels: at(after.outputs, "metadata", "labels"),
      readLabels: at(read?.outputs ?? {}, "metadata", "labels"),
      same,
      changed,
      gone: (await engine.read(after)) === undefined,
    };
  },
  "a namespace of an invalid name is refused": async (engine) => ({
    refused: await refusal(makeObject(engine, "namespace", { name: "Not_Valid" }), /RFC 1123|lowercase/i),
  }),
  "what has no namespace or no kind is refused, after both were waited for": async (
    engine,
    { namespace },
  ) => {
    const [noNamespace, noKind] = await Promise.all([
      refusal(
        makeObject(engine, "secret", { name: "s", namespace: "nowhere" }, { stringData: { a: "1" } }),
        /namespaces "nowhere" not found/,
      ),
      refusal(
        makeObject(engine, "workerPool", { name: "w", namespace }, { spec: { poolSize: 1 } }),
        /no matches for kind "WorkerPool" in version "workers\.spacelift\.io\/v1beta1"/,
      ),
    ]);
    return { noNamespace, noKind };
  },
  "an object takes a name that is taken": async (engine, { namespace }) => {
    const make = () => makeObject(engine, "configMap", { name: "c", namespace }, { data: { a: "1" } });
    const made = await make();
    const refused = await refusal(make(), /already exists/);
    await engine.delete(made);
    return { refused };
  },
  "a Secret changes its content in place, where that is switched on": async (engine, { namespace }) => {
    const inputs = (value: string) =>
      objectInputs("secret", { name: "s", namespace }, { stringData: { a: value } });
    const made = await engine.create(TOKENS.secret, "s", inputs("1"), { secrets: ["stringData"] });
    const changed = await diffOf(engine, made, inputs("2"));
    const typed = await diffOf(engine, made, { ...inputs("1"), type: "example.com/other" });
    await engine.delete(made);
    return { id: made.id, changed, typed };
  },
  "a ConfigMap whose content changes is replaced": async (engine, { namespace }) => {
    const inputs = (value: string) =>
      objectInputs("configMap", { name: "c", namespace }, { data: { a: value } });
    const made = await engine.create(TOKENS.configMap, "c", inputs("1"));
    const changed = await diffOf(engine, made, inputs("2"));
    await engine.delete(made);
    return { changed };
  },
  "an object without a name is named after the resource": async (engine, { namespace }) => {
    const inputs = objectInputs("configMap", { namespace }, { data: { a: "1" } });
    const made = await engine.create(TOKENS.configMap, "settings", inputs);
    await engine.delete(made);
    return { id: made.id.replace(/[0-9a-f]{8}$/, "…") };
  },
  "a TLS Secret without its keys is refused": async (engine, { namespace }) => ({
    refused: await refusal(
      makeObject(engine, "secret", { name: "s", namespace }, { type: "kubernetes.io/tls", stringData: {} }),
      /data\[tls\.crt\]: Required value/,
    ),
  }),
  "a NetworkPolicy changes in place, and no range that is none is taken": async (engine, { namespace }) => {
    const inputs = (cidr: string) =>
      objectInputs("networkPolicy", { name: "p", namespace }, { spec: policySpec(cidr) });
    const made = await engine.create(TOKENS.networkPolicy, "p", inputs("192.0.2.0/24"));
    const changed = await diffOf(engine, made, inputs("198.51.100.0/24"));
    await engine.delete(made);
    const wrong = engine.create(TOKENS.networkPolicy, "p", inputs("192.0.2.0/64"));
    return { id: made.id, changed, refused: await refusal(wrong, /ipBlock\.cidr/) };
  },
  "an Ingress without a path type is refused": async (engine, { namespace }) => ({
    refused: await refusal(
      makeObject(engine, "ingress", { name: "i", namespace }, { spec: ingressSpec({}) }),
      /pathType/,
    ),
  }),
  "an Ingress that is not waited for is made without an address": async (engine, { namespace }) => {
    const annotations = { "pulumi.com/skipAwait": "true" };
    const spec = ingressSpec({ pathType: "Prefix" });
    const made = await makeObject(engine, "ingress", { name: "i", namespace, annotations }, { spec });
    await engine.delete(made);
    return { id: made.id };
  },
  "a Job is waited for, may be tried more often in place, and is replaced for another image": async (
    engine,
    { namespace },
  ) => {
    const metadata = { name: "dump", namespace };
    const inputs = (image: string, backoffLimit: number): Properties =>
      objectInputs("job", metadata, { spec: jobSpec({ image }, { backoffLimit }) });
    const made = await engine.create(TOKENS.job, "job", inputs("example:1", 2));
    const answer = {
      id: made.id,
      succeeded: at(made.outputs, "status", "succeeded"),
      completionTime: typeof at(made.outputs, "status", "completionTime"),
      same: await diffOf(engine, made, inputs("example:1", 2)),
      tries: await diffOf(engine, made, inputs("example:1", 3)),
      image: await diffOf(engine, made, inputs("example:2", 2)),
    };
    await engine.delete(made);
    return answer;
  },
  "what is gone already is deleted without a word": async (engine, { namespace }) => {
    const made = await makeObject(engine, "configMap", { name: "c", namespace }, { data: { a: "1" } });
    await engine.delete(made);
    const read = await engine.read(made);
    return { read, refused: await refusal(engine.delete(made), /.*/) };
  },
  "a release is installed, is the same a second time, changes in place and is gone": async (
    engine,
    { namespace, chart },
  ) => {
    const inputs = (values: Properties): Properties => ({
      chart,
      name: "spacelift-workerpool-controller",
      namespace,
      values,
      atomic: true,
      compat: "true",
      timeout: 300,
    });
    const none = { controllerManager: { namespaces: [] } };
    const one = { controllerManager: { namespaces: [namespace] } };
    const made = await engine.create(TOKENS.release, "release", inputs(none), { timeout: 300 });
    const same = await diffOf(engine, made, inputs(none));
    const changed = await diffOf(engine, made, inputs(one));
    const after = await engine.update(made, inputs(one));
    const again = engine.create(TOKENS.release, "release", inputs(none), { timeout: 300 });
    const refused = await refusal(again, /cannot re-use a name that is still in use/);
    await engine.delete(after, 300);
    return {
      id: made.id,
      status: [made, after].map(({ outputs }) => [
        at(outputs, "status", "status"),
        at(outputs, "status", "revision"),
      ]),
      same,
      changed: { hasChanges: changed["hasChanges"], replaces: changed["replaces"] },
      refused,
      gone: (await engine.read(after)) === undefined,
    };
  },
  "a release of a chart that is not there is refused": async (engine, { namespace }) => ({
    refused: await refusal(
      engine.create(TOKENS.release, "release", {
        chart: "/nowhere/at-all",
        name: "r",
        namespace,
        compat: "true",
      }),
      /path "\/nowhere\/at-all" not found/,
    ),
  }),
};
