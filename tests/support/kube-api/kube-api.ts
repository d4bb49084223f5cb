import type { IncomingMessage, ServerResponse } from "node:http";
import { type Server, createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { TLSSocket } from "node:tls";
import { ApiServer, type Attempt } from "../../../rehearsal/twins/kubernetes/api/api-server";
import { type Authority, authority } from "../peers/authority";
import { ApiStore } from "./api-store";

/** A token that the simulated API server accepts, and its user. */
export const tokens = { admin: "planted-admin-token", limited: "planted-limited-token" } as const;

/** The API server of a simulated cluster on the loopback interface, with users, rights and faults. */
export class KubeApi {
  readonly store = new ApiStore();
  readonly serverAuthority: Authority = authority("Example cluster CA");
  readonly clientAuthority: Authority = authority("Example client CA");
  /** Decides what may be done. @default - everything */
  allows: (attempt: Attempt) => boolean = () => true;
  /** Version that it gives itself. */
  version = "v1.34.1";
  /** Paths that are never answered. */
  hanging: RegExp | undefined;
  /** What containers have printed, by path and query. */
  readonly logs = new Map<string, string>();
  /** Method and path of each request of somebody who is known. */
  readonly requests: string[] = [];
  private server: Server | undefined;
  private readonly api = new ApiServer({
    objects: this.store.objects,
    userOf: (request) => userOf(request),
    allows: (attempt) => this.allows(attempt),
    version: () => this.version,
    logOf: (path) => this.logs.get(path),
  });

  async start(): Promise<void> {
    const { certificate, privateKey } = this.serverAuthority.issue(["DNS:localhost", "IP:127.0.0.1"]);
    const server = createServer(
      {
        cert: certificate,
        key: privateKey,
        ca: this.clientAuthority.certificate,
        requestCert: true,
        rejectUnauthorized: false,
      },
      (request, response) => {
        this.serve(request, response);
      },
    );
    this.server = server;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
    this.store.dispose();
  }

  /** Forgets everything but its certificates. */
  reset(): void {
    this.store.clear();
    this.allows = () => true;
    this.version = "v1.34.1";
    this.hanging = undefined;
    this.requests.length = 0;
    this.logs.clear();
  }

  get url(): string {
    return `https://127.0.0.1:${(this.server?.address() as AddressInfo).port}`;
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? "/", this.url);
    if (this.hanging?.test(pathname)) return;
    if (userOf(request) !== undefined) this.requests.push(`${request.method ?? ""} ${pathname}`);
    void this.api.answer(request, response);
  }
}

function userOf(request: IncomingMessage): string | undefined {
  const { authorization } = request.headers;
  if (authorization !== undefined)
    return Object.entries(tokens).find(([, token]) => authorization === `Bearer ${token}`)?.[0];
  const { socket } = request;
  return socket instanceof TLSSocket && socket.authorized
    ? String(socket.getPeerCertificate().subject.CN)
    : undefined;
}

/** Gives a suite a simulated API server, emptied before each test. */
export function withKubeApi(): KubeApi {
  const api = new KubeApi();
  before(() => api.start());
  beforeEach(() => {
    api.reset();
  });
  after(() => api.stop());
  return api;
}
