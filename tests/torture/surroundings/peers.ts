import type { IncomingMessage, ServerResponse } from "node:http";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RegistryApi } from "../../../rehearsal/twins/docker/registry-api";
import { Clock, openWorld } from "../../../rehearsal/twins/framework";
import { answerTo } from "../../../rehearsal/twins/azure/api/service";
import { armWorld } from "../../../rehearsal/twins/azure/api/subscription";
import { subscriptionId } from "../../support/azure-configurations";
import { text } from "node:stream/consumers";
import { connectionManners } from "./connection-manners";
import { httpManners } from "./http-manners";
import type { Manner } from "./manner";
import { postgresManners } from "./postgres-manners";
import type { ClientName } from "./protocol";

type AnswersWell = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A server that a deployment talks to, and who of the product talks to it. */
export interface Peer {
  readonly client: ClientName;
  /** `registry`, or `registry later`: where good answers come first. */
  readonly name: string;
  readonly manners: readonly Manner[];
  /** Answers what comes before the hostility; tells whether it has. */
  readonly answersWell: () => AnswersWell;
  /** What the peer may be called besides its address. */
  readonly called: RegExp;
}

const nothing = (): AnswersWell => () => false;

const given =
  (answers: Readonly<Record<string, unknown>>): (() => AnswersWell) =>
  () =>
  ({ url = "" }, response) => {
    const answer = answers[url.split("?")[0] ?? ""];
    if (answer === undefined) return false;
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
    return true;
  };

const version = { major: "1", minor: "34", gitVersion: "v1.34.1" };
const review = { status: { userInfo: { username: "admin" } } };
const greeting = {
  "/version": version,
  "/apis/authentication.k8s.io/v1/selfsubjectreviews": review,
};
const record = {
  metadata: { name: "sh.helm.release.v1.spacelift.v1", labels: { version: "1", status: "deployed" } },
};

/** A registry that works but for the bodies it is sent. */
function storing(): AnswersWell {
  const world = openWorld(mkdtempSync(join(tmpdir(), "spacelift-surroundings-")));
  const api = new RegistryApi({ world, clock: new Clock() });
  return (request, response) => {
    if (request.method === "PATCH") return false;
    api.answer("registry.internal", request, response).catch(() => response.destroy());
    return true;
  };
}

/** Entra ID, and of Resource Manager the subscription alone. */
function subscribed(): AnswersWell {
  const world = armWorld(subscriptionId);
  return (request, response) => {
    const origin = `https://${request.headers.host ?? ""}`;
    const url = new URL(request.url ?? "/", origin);
    if (url.pathname !== `/subscriptions/${subscriptionId}`) return false;
    answerAzure(world, origin, url, request, response);
    return true;
  };
}

/** Answers as Azure does. */
export function answerAzure(
  world: ReturnType<typeof armWorld>,
  origin: string,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  void text(request).then((body) => {
    const { status, headers, body: answer } = answerTo(world, origin, url, request, body);
    response
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end(JSON.stringify(answer));
  });
}

const overTls = [...connectionManners, ...httpManners].filter(({ toPlain = false }) => !toPlain);
const everything = [...connectionManners, ...httpManners];

/** Those that are met although a first answer was good. */
const later = httpManners.filter(({ isHttp }) => isHttp);

const live = (): AnswersWell => (request, response) => {
  if (request.url !== "/minio/health/live") return false;
  response.writeHead(200).end();
  return true;
};

const login = (): AnswersWell => (request, response) => {
  if (request.url !== "/v2/") return false;
  const isKnown = request.headers.authorization !== undefined;
  response.writeHead(isKnown ? 200 : 401, isKnown ? {} : { "www-authenticate": 'Basic realm="x"' }).end();
  return true;
};

const named = (name: string, called: RegExp, peer: Omit<Peer, "name" | "called" | "answersWell">): Peer => ({
  name,
  called,
  answersWell: nothing,
  ...peer,
});

/** Every peer, with how it may treat its clients. */
export const peers: readonly Peer[] = [
  named("registry", /registry/i, { client: "registry", manners: everything }),
  { ...named("registry later", /registry/i, { client: "registry", manners: later }), answersWell: login },
  named("push", /registry/i, { client: "push", manners: everything }),
  { ...named("push later", /registry/i, { client: "push", manners: later }), answersWell: storing },
  named("minio", /MinIO|object storage/i, { client: "minio", manners: everything }),
  {
    ...named("minio later", /MinIO|object storage/i, { client: "minio", manners: later }),
    answersWell: live,
  },
  named("cluster", /Kubernetes API|API server/i, { client: "cluster", manners: everything }),
  {
    ...named("cluster later", /API server/, { client: "cluster", manners: later }),
    answersWell: given(greeting),
  },
  named("status", /API server|^(?:cluster|workloads|versions):/, { client: "status", manners: everything }),
  {
    ...named("status later", /API server|^(?:cluster|workloads|versions):/, {
      client: "status",
      manners: later,
    }),
    answersWell: given(greeting),
  },
  named("release", /API server/i, { client: "release", manners: overTls }),
  {
    ...named("release later", /API server|Helm/i, { client: "release", manners: later }),
    answersWell: given({ "/api/v1/namespaces/spacelift/secrets": { metadata: {}, items: [record] } }),
  },
  named("site", /localhost|^endpoints:/, { client: "site", manners: overTls }),
  named("arm", /Azure Resource Manager/, { client: "arm", manners: overTls }),
  {
    ...named("arm later", /Azure Resource Manager/, { client: "arm", manners: later }),
    answersWell: subscribed,
  },
  named("entra", /Entra ID/, { client: "entra", manners: overTls }),
  named("postgres", /database/i, { client: "postgres", manners: postgresManners }),
];
