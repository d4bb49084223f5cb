import { clusterCheck } from "../../../preflight/cluster";
import { configured } from "../configurations";
import { type Looked, type Surroundings, look } from "../peers/look";
import { type KubeApi, tokens, withKubeApi } from "./kube-api";
import { kubeconfigOf } from "./kubeconfig";
import { ingressClass, node } from "./objects";

/** Changes to the smallest configuration on-premises. */
export type Changes = Readonly<Record<string, unknown>>;

/** A cluster to look at: three nodes and an ingress class. */
export interface LookedAtCluster {
  readonly api: KubeApi;
  readonly lookAt: (changes?: Changes, surroundings?: Surroundings, token?: string) => Promise<Looked>;
  /** The one finding of an id, without `cluster.`. */
  readonly found: (id: string, changes?: Changes) => Promise<ReturnType<Looked["finding"]>>;
}

/** Gives a suite a cluster on which nothing is installed yet. */
export function withCluster(): LookedAtCluster {
  const api = withKubeApi();
  beforeEach(() => {
    api.store.put(ingressClass("nginx", "k8s.io/ingress-nginx"), node("one"), node("two"), node("three"));
  });
  const lookAt: LookedAtCluster["lookAt"] = (changes = {}, surroundings = {}, token = tokens.admin) => {
    const kubeconfig = kubeconfigOf(api, { user: { token } });
    return look(clusterCheck, configured(changes, { kubeconfig }), surroundings);
  };
  return { api, lookAt, found: async (id, changes) => (await lookAt(changes)).finding(`cluster.${id}`) };
}
