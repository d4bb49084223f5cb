import type { ServerResponse } from "node:http";
import { at, listAt, stringAt, type World, type WorldState } from "../framework";
import type { KeyPair } from "../loopback/authority";
import type { SimulatedHost } from "../loopback/proxy";
import { findObject, type KubeObject, objects } from "./cluster";

/** What answers at a host that an Ingress names, with its certificate if there is one; undefined where no controller serves it. */
export function servedHost(
  world: World,
  host: string,
): (Pick<SimulatedHost, "answer"> & { readonly identity: KeyPair | undefined }) | undefined {
  return world.read((state) => {
    const ingress = servedIngress(state, host);
    if (ingress === undefined) return undefined;
    const { namespace = "" } = ingress;
    const rule = listAt(ingress.body, "spec", "rules").find((each) => at(each, "host") === host);
    const service = stringAt(rule, "http", "paths", 0, "backend", "service", "name") ?? "";
    const secretName = listAt(ingress.body, "spec", "tls")
      .map((each) => stringAt(each, "secretName") ?? "")
      .find((name) => name !== "");
    return {
      identity: certificateIn(state, world, { name: secretName ?? "", namespace }),
      answer: (_, response) => {
        answer(response, world, { name: service, namespace });
      },
    };
  });
}

function servedIngress(state: WorldState, host: string): KubeObject | undefined {
  return objects
    .of(state)
    .entries()
    .map(([, object]) => object)
    .find(
      ({ kind, body, status }) =>
        kind === "Ingress" &&
        listAt(status, "loadBalancer", "ingress").length > 0 &&
        listAt(body, "spec", "rules").some((rule) => at(rule, "host") === host),
    );
}

interface Place {
  readonly name: string;
  readonly namespace: string;
}

function certificateIn(state: WorldState, world: World, place: Place): KeyPair | undefined {
  const found = findObject(state, { apiVersion: "v1", kind: "Secret", ...place });
  const [certificate, privateKey] = ["tls.crt", "tls.key"].map((key) => {
    const sealed = stringAt(found?.body, "data", key);
    const encoded = sealed === undefined ? undefined : world.unseal(sealed);
    return encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString();
  });
  if (certificate === undefined || privateKey === undefined) return undefined;
  return { certificate, privateKey };
}

/** The Service and the Deployment behind it have one name in Spacelift's chart. */
function answer(response: ServerResponse, world: World, place: Place): void {
  const backend = world.read((state) =>
    findObject(state, { apiVersion: "apps/v1", kind: "Deployment", ...place }),
  );
  const isReady = Number(at(backend?.status, "readyReplicas") ?? 0) > 0;
  response.writeHead(isReady ? 200 : 503, { "content-type": "text/plain" }).end(isReady ? "simulated\n" : "");
}
