import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import {
  deploySpacelift,
  type DeploymentOptions,
  type ErrorCode,
  getOutputs,
  SpaceliftError,
  type WorkspaceOptions,
} from "spacelift-selfhosted-pulumi/automation";
import { startRehearsal } from "spacelift-selfhosted-pulumi/rehearsal";

/** Every other code is a failure on the way: 502. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  SPACELIFT_OPTIONS_INVALID: 400,
  SPACELIFT_CONFIG_INVALID: 422,
  SPACELIFT_PREFLIGHT_FAILED: 422,
  SPACELIFT_STACK_NOT_FOUND: 404,
  SPACELIFT_NOT_DEPLOYED: 404,
  SPACELIFT_STACK_LOCKED: 409,
  SPACELIFT_CANCELLED: 503,
};

type Body = Pick<DeploymentOptions, "settings" | "secrets">;

const rehearsal = process.argv.includes("--rehearse") ? await startRehearsal() : undefined;
const workspace: WorkspaceOptions = rehearsal?.workspace ?? {
  backend: variable("STATE_BACKEND"),
  secretsProvider: { passphrase: variable("STATE_PASSPHRASE") },
};
const shutdown = new AbortController();
const listeners = new Map<string, Set<ServerResponse>>();

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`set ${name}`);
  return value;
}

async function readBody(request: IncomingMessage): Promise<Body> {
  try {
    // Whatever it is: `deploySpacelift` checks every key of it.
    return JSON.parse(await text(request)) as Body;
  } catch (cause) {
    const fix = "send an object with `settings` and `secrets`";
    throw new SpaceliftError("SPACELIFT_OPTIONS_INVALID", "the body is not JSON", { fix, cause });
  }
}

/** `POST /stacks/:name`: deploys, and answers when that is done. A client that goes away does not stop it. */
async function deploy(stack: string, request: IncomingMessage): Promise<object> {
  const { settings, secrets } = await readBody(request);
  const { outputs, changes, durationMs } = await deploySpacelift(
    { stack, workspace, settings, secrets: { ...rehearsal?.secretsFor(settings), ...secrets } },
    {
      signal: shutdown.signal,
      onEvent: (event) => {
        for (const listener of listeners.get(stack) ?? []) {
          listener.write(`event: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`);
        }
      },
    },
  );
  return { stack, changes, durationMs, outputs };
}

/** `GET /stacks/:name/events`: server-sent events of the deployments of a stack, from now on. */
function follow(stack: string, response: ServerResponse): void {
  const own = listeners.get(stack) ?? new Set();
  listeners.set(stack, own.add(response));
  response.on("close", () => own.delete(response));
  response
    .writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" })
    .flushHeaders();
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, stack, events] = /^\/stacks\/([\w.-]+)(\/events)?$/.exec(request.url ?? "") ?? [];
  const what = `${request.method ?? ""}${events ?? ""}`;
  if (stack !== undefined && what === "POST") answer(response, 200, await deploy(stack, request));
  else if (stack !== undefined && what === "GET/events") follow(stack, response);
  else if (stack !== undefined && what === "GET") {
    // Secrets are a field of their own, which is not sent.
    answer(response, 200, (await getOutputs({ stack, workspace })).outputs);
  } else answer(response, 404, { message: "POST or GET /stacks/:name, GET /stacks/:name/events" });
}

const server = createServer((request, response) => {
  handle(request, response).catch((error: unknown) => {
    if (!(error instanceof SpaceliftError)) {
      console.error(error);
      answer(response, 500, { message: "internal error" });
      return;
    }
    const { code, message, fix, problems } = error;
    answer(response, STATUS[code] ?? 502, { code, message, fix, problems });
  });
});
server.listen(Number(process.env["PORT"] ?? 8080), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

// What has begun is finished and kept in the state, so that the next deployment goes on from there.
process.once("SIGTERM", () => {
  shutdown.abort();
  for (const listener of [...listeners.values()].flatMap((own) => [...own])) listener.end();
  server.close(() => void rehearsal?.close());
});
