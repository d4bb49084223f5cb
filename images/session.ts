import { readFile } from "node:fs/promises";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { type HttpRequest, type HttpResponse, isPage, type Peer, request } from "../peers/http";
import { proxyAgent, proxyOf } from "../peers/proxy";
import { machineCas } from "../peers/trust";
import { asPushError, NO_REGISTRY, PushError, refusal } from "./errors";
import { authenticate, type RegistryLogin } from "./login";

/** A registry, and how it is reached. */
export interface RegistryAccess {
  /** Host, or host:port. */
  readonly address: string;
  /** Accept a certificate nobody vouches for. @default false */
  readonly insecure?: boolean;
  /** Speak HTTP without TLS. @default false */
  readonly plainHttp?: boolean;
  /** Where proxies and CAs are named. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** A repository of a registry. */
export interface RepositoryAccess extends RegistryAccess {
  readonly repository: string;
  /** @default - the registry asks for none */
  readonly login?: RegistryLogin | undefined;
  /** Pauses before each further attempt, in milliseconds. @default - 1 s to 30 s, two minutes in all */
  readonly pauses?: readonly number[];
  /** @default - a minute, and a quarter of an hour at the end of an upload */
  readonly patience?: Patience;
}

/** How long a registry may say nothing, in milliseconds, before its connection is taken to be lost. */
export interface Patience {
  readonly usualMs: number;
  /** At the end of an upload, when it assembles what came. */
  readonly commitMs: number;
}

/** A request to the registry. */
export interface RegistryRequest extends Pick<HttpRequest, "headers" | "body"> {
  readonly method: "GET" | "HEAD" | "POST" | "PATCH" | "PUT";
  readonly url: URL;
  /** Statuses that are an answer; any other is an error. */
  readonly expect: readonly number[];
  /** What it is for, in words for an error. */
  readonly purpose: string;
  /** Whose patience is needed. @default "usualMs" */
  readonly patience?: keyof Patience;
}

/** The CAs of this machine, and those Node.js is given by `NODE_EXTRA_CA_CERTS`, which it drops where others are named. */
export async function registryCas(env: RepositoryAccess["env"]): Promise<readonly string[]> {
  const file = env["NODE_EXTRA_CA_CERTS"];
  const extra = file === undefined || file === "" ? [] : [await readFile(file, "utf8")];
  return machineCas(env, ...extra);
}

/**
 * How a registry is reached: by which proxy, with or without TLS, trusting whom.
 *
 * @param keepAlive whether connections are used again, until the agent is destroyed
 */
export function registryPeer(
  { address, plainHttp = false, insecure = false, env, signal }: RegistryAccess,
  ca: readonly string[],
  keepAlive = false,
): Peer {
  const protocol = plainHttp ? "http:" : "https:";
  const origin = `${protocol}//${address}`;
  const proxy = proxyOf(new URL(origin).hostname, env, protocol);
  const agent =
    proxy === undefined
      ? keepAlive && new (plainHttp ? HttpAgent : HttpsAgent)({ keepAlive })
      : proxyAgent(proxy, { keepAlive, protocol });
  return { origin, ca, insecure, signal, ...(agent && { agent }) };
}

const DEFAULT_PAUSES = [1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 30_000, 30_000];

/** Nobody watches a push that waits for longer: what the registry asks for goes to the reader instead. */
const LONGEST_PAUSE_MS = 300_000;

/**
 * The end of an upload takes as long as the storage needs for the whole layer: distribution's S3 driver copies it while the
 * client waits, 10 to 30 s for each GB on Amazon's own (distribution/distribution 1906) and more elsewhere. Docker's own
 * client waits without a limit. A host that is gone is noticed earlier, by TCP's keep-alive.
 */
const DEFAULT_PATIENCE: Patience = { usualMs: 60_000, commitMs: 15 * 60_000 };

/** Tokens are renewed before they end: what is sent with them takes a moment. */
const EARLY = 0.8;

const MOST_BYTES = 4 << 20;

/** Talks to one repository: logs in when asked to, renews tokens before they end, and tries again what may succeed. */
export class RegistrySession {
  readonly pauses: readonly number[];
  private authorization: { readonly header: string | undefined; readonly until: number } | undefined;
  private challenge: HttpResponse | undefined;
  private loggingIn: Promise<void> | undefined;

  private constructor(
    readonly access: RepositoryAccess,
    private readonly peer: Peer,
  ) {
    this.pauses = access.pauses ?? DEFAULT_PAUSES;
  }

  /** Prepares the connection; nothing is asked yet. */
  static async open(access: RepositoryAccess): Promise<RegistrySession> {
    return new RegistrySession(access, registryPeer(access, await registryCas(access.env), true));
  }

  /** Closes the connections. */
  close(): void {
    this.peer.agent?.destroy();
  }

  /** The address of something in the repository, such as `manifests/v3.0.0`. */
  url(path: string): URL {
    return new URL(`/v2/${this.access.repository}/${path}`, this.peer.origin);
  }

  /** Where an answer points to. */
  resolve(location: string): URL {
    return new URL(location, this.peer.origin);
  }

  /**
   * Makes a request until it is answered as expected.
   *
   * @throws PushError when it is refused, or not answered however often it is tried
   */
  async send(asked: RegistryRequest): Promise<HttpResponse> {
    return this.persist(() => this.sendOnce(asked));
  }

  /** Does something again, with pauses, as long as that may help. */
  async persist<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        const problem = asPushError(error, this.access.address);
        if (problem.retry === undefined) throw problem;
        await this.pauseAfter(problem, attempt);
      }
    }
  }

  /** Waits for the next attempt, as long as the registry asks for or at least as its turn has it; throws after the last. */
  async pauseAfter(problem: PushError, attempt: number): Promise<void> {
    const ownPause = this.pauses[attempt];
    if (ownPause === undefined) {
      const attempts = `${attempt + 1} ${attempt === 0 ? "attempt" : "attempts"}`;
      throw new PushError(`${problem.message}; gave up after ${attempts}`, undefined, { cause: problem });
    }
    const asked = problem.retry?.afterMs ?? 0;
    if (asked > LONGEST_PAUSE_MS) {
      const minutes = Math.ceil(asked / 60_000);
      throw new PushError(`${problem.message}; it asks to be tried again in ${minutes} min`, undefined, {
        cause: problem,
      });
    }
    await pause(Math.max(asked, ownPause), undefined, { signal: this.access.signal });
  }

  /**
   * Makes a request once. The body may be a stream; an expired login is renewed, but what was sent of a stream is lost.
   *
   * @throws PushError
   */
  async sendOnce(asked: RegistryRequest): Promise<HttpResponse> {
    const { address } = this.access;
    if (this.authorization && this.authorization.until < performance.now()) await this.logIn();
    let response = await this.exchange(asked);
    if (response.status === 401) {
      this.challenge = response;
      await this.logIn();
      if (asked.body instanceof Readable) throw new PushError(`the login at ${address} has ended`, {});
      response = await this.exchange(asked);
    }
    if (!asked.expect.includes(response.status)) throw refusal(address, asked.purpose, response);
    // A refusal may well be a page: that of what stands before the registry.
    if (response.status < 400 && isPage(response))
      throw new PushError(`the registry ${address} answers with a web page: ${NO_REGISTRY}`);
    return response;
  }

  private async exchange(asked: RegistryRequest): Promise<HttpResponse> {
    const { method, url, headers, body, patience = "usualMs" } = asked;
    const { [patience]: idleMs, commitMs: answerMs } = this.access.patience ?? DEFAULT_PATIENCE;
    const { ca, insecure, agent, signal, origin } = this.peer;
    // What a registry redirects uploads to, such as a storage of its own, gets no credentials of it.
    const header = url.origin === origin ? this.authorization?.header : undefined;
    return request({
      url,
      method,
      ca,
      insecure,
      signal,
      agent,
      ...(body !== undefined && { body }),
      headers: { ...headers, ...(header !== undefined && { authorization: header }) },
      // Only a layer is so large that the network decides how long it takes.
      timeoutMs: body instanceof Readable ? Number.POSITIVE_INFINITY : idleMs,
      idleMs,
      answerMs,
      mostBytes: MOST_BYTES,
    });
  }

  /** Logs in once, however many requests wait for it. */
  private logIn(): Promise<void> {
    this.loggingIn ??= this.newLogin().finally(() => {
      this.loggingIn = undefined;
    });
    return this.loggingIn;
  }

  private async newLogin(): Promise<void> {
    const { address, repository, login } = this.access;
    if (this.challenge === undefined) return;
    const scope = [`repository:${repository}:pull,push`];
    const result = await authenticate(this.peer, this.challenge, login, scope);
    if ("refused" in result) {
      const who = login === undefined ? "without a user" : `as ${login.username}`;
      throw new PushError(
        `the registry ${address} lets nobody in ${who}: ${result.refused}`,
        result.status >= 500 || result.status === 429 ? {} : undefined,
      );
    }
    this.authorization = {
      header: result.authorization,
      until:
        result.expiresInMs === undefined
          ? Number.POSITIVE_INFINITY
          : performance.now() + result.expiresInMs * EARLY,
    };
  }
}
