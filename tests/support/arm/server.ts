import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { CloudEndpoints } from "../../../automation/azure/http";
import { authority } from "../peers/authority";
import type { ArmAnswer } from "../../../rehearsal/twins/azure/api/errors";
import { answerTo } from "../../../rehearsal/twins/azure/api/service";
import { type ArmWorld, armWorld } from "../../../rehearsal/twins/azure/api/subscription";
import { subscriptionId } from "../azure-configurations";

/** Azure on loopback: Resource Manager, Entra ID's token service, an issuer of OIDC tokens and a machine's metadata. */
export interface ArmServer {
  readonly world: () => ArmWorld;
  readonly origin: () => string;
  /** Where its services answer. */
  readonly endpoints: () => CloudEndpoints;
  /** The authority of its certificate, PEM. */
  readonly ca: string;
  /** Requests since the test began, `GET /subscriptions/…`. */
  readonly requests: () => readonly string[];
  /** Answers since the test began, by path. */
  readonly answers: () => readonly { readonly path: string; readonly answer: ArmAnswer }[];
}

const ca = authority("CA of Azure");
const { certificate, privateKey } = ca.issue(["DNS:localhost"]);

/** Gives every test of a suite an Azure of its own. */
export function withArm(): ArmServer {
  let server: Server;
  let world = armWorld(subscriptionId);
  let requests: string[] = [];
  let answers: { path: string; answer: ArmAnswer }[] = [];
  let address = "";
  const origin = (): string => address;
  beforeEach(async () => {
    world = armWorld(subscriptionId);
    requests = [];
    answers = [];
    server = createServer({ cert: certificate, key: privateKey }, (request, response) => {
      const url = new URL(request.url ?? "/", origin());
      requests.push(`${request.method ?? ""} ${url.pathname}`);
      void text(request).then((body) => {
        const answer = answerTo(world, origin(), url, request, body);
        if (url.pathname.startsWith("/subscriptions/")) answers.push({ path: url.pathname, answer });
        response.writeHead(answer.status, {
          "content-type": "application/json; charset=utf-8",
          "x-ms-request-id": randomUUID(),
          "x-ms-ratelimit-remaining-subscription-reads": "249",
          ...answer.headers,
        });
        response.end(JSON.stringify(answer.body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
    address = `https://localhost:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    world: () => world,
    origin,
    endpoints: () => ({ name: "AzureCloud", resourceManager: origin(), authority: origin() }),
    ca: ca.certificate,
    requests: () => requests,
    answers: () => answers,
  };
}
