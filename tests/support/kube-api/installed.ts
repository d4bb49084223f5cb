import assert from "node:assert/strict";
import type { StatusReport } from "../../../automation/status/report";
import { type StatusOptions, status } from "../../../automation/status/status";
import { type Authority, authority } from "../peers/authority";
import { withHttpsServer } from "../peers/loopback";
import { putInstallation } from "./installation";
import { type KubeApi, withKubeApi } from "./kube-api";
import { kubeconfigOf } from "./kubeconfig";

/** Settings of the installation. */
export const settings: StatusOptions["settings"] = {
  domain: "spacelift.example.com",
  version: "v3.0.0",
  namespace: { name: "spacelift", create: true },
  vcsGateway: undefined,
};

/** A healthy installation of v3.0.0, to be spoilt by tests. */
export interface Installation {
  readonly api: KubeApi;
  /** The authority of its certificate. */
  readonly ca: Authority;
  /** Port its UI listens at, on 127.0.0.1. */
  readonly port: () => number;
  /** Lets the UI answer with a status. */
  readonly answerWith: (code: number) => void;
  /** Asks for the status; fails when that is no JSON, or holds a secret. */
  readonly report: (options?: Partial<StatusOptions>) => Promise<StatusReport>;
  /** Changes a Deployment: its status, as its controller does, and its spec. */
  readonly become: (name: string, status: object, spec?: object) => void;
}

/** Gives a suite an installation, healthy again before each test. */
export function withInstallation(): Installation {
  const api = withKubeApi();
  const ca = authority("Example CA");
  const pair = ca.issue(["DNS:spacelift.example.com"]);
  let answer = 200;
  const ui = withHttpsServer(
    () => pair,
    (_, response) => response.writeHead(answer).end("page"),
  );
  const port = (): number => Number(ui.address().split(":")[1]);
  beforeEach(() => {
    answer = 200;
    putInstallation(api.store, pair, ca.certificate);
  });
  return {
    api,
    ca,
    port,
    answerWith: (code) => {
      answer = code;
    },
    report: async (options = {}) => {
      const result = await status({
        settings,
        kubeconfig: { content: kubeconfigOf(api) },
        env: {},
        timeoutMs: 60_000,
        network: { port: port(), resolve: () => Promise.resolve(["127.0.0.1"]) },
        ...options,
      });
      const told = JSON.stringify(result);
      assert.deepEqual(JSON.parse(told), result);
      assert.doesNotMatch(told, /planted|PRIVATE KEY/);
      return result;
    },
    become: (name, change, spec = {}) => {
      api.store.change("Deployment", name, (object) => ({
        ...object,
        spec: { ...(object["spec"] as object), ...spec },
        status: { ...(object["status"] as object), ...change },
      }));
    },
  };
}
