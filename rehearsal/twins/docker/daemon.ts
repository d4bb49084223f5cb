import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Readable } from "node:stream";
import type { Clock, World } from "../framework";
import { readImageArchive } from "./image-archive";
import { isLetIn, localImages, parseReference, pushedImages, registries } from "./tables";

/** The simulated Docker daemon, which the stand-in client talks to. */
export interface DockerDaemon {
  /** Path of the socket it listens on. */
  readonly socket: string;
  close(): Promise<void>;
}

/** Starts the simulated daemon. Its images are kept in the world. */
export async function startDockerDaemon(world: World, clock: Clock): Promise<DockerDaemon> {
  // Paths of sockets must be short, so the socket does not live with the rest of the world.
  const folder = mkdtempSync(join(tmpdir(), "twin-docker-"));
  const socket = join(folder, "daemon.sock");
  const server = createServer((request, response) => {
    void answer(world, clock, request).then((result) => response.end(JSON.stringify(result)));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socket, resolve);
  });
  return {
    socket,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answer(world: World, clock: Clock, request: IncomingMessage): Promise<Answer> {
  try {
    const args: unknown = JSON.parse(header(request, "x-arguments"));
    if (!Array.isArray(args)) throw new Error("arguments must be a list");
    return await runDockerCommand(args.map(String), {
      world,
      clock,
      folder: header(request, "x-folder"),
      stdin: request,
      ...loginOf(header(request, "x-login")),
    });
  } catch (error) {
    return { code: 1, stdout: "", stderr: `${error instanceof Error ? error.message : String(error)}\n` };
  }
}

/** What the client sends along for the registry: a user name and a password, in JSON. */
function loginOf(sent: string): Pick<ClientContext, "login"> {
  if (sent === "") return {};
  const parsed: unknown = JSON.parse(sent);
  if (typeof parsed !== "object" || parsed === null) return {};
  if (!("username" in parsed && "password" in parsed)) return {};
  return { login: { username: String(parsed.username), password: String(parsed.password) } };
}

function header(request: IncomingMessage, name: string): string {
  return decodeURIComponent(String(request.headers[name] ?? ""));
}

/** What a client command prints and how it exits. */
export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where a client command runs. */
export interface ClientContext {
  readonly world: World;
  readonly clock: Clock;
  /** Working directory of the client. */
  readonly folder: string;
  readonly stdin: Readable;
  /** What the client found for the registry that is meant, in its configuration or through a helper. */
  readonly login?: { readonly username: string; readonly password: string };
}

type Command = (args: readonly string[], context: ClientContext) => Promise<Answer> | Answer;

const COMMANDS: Readonly<Record<string, Command>> = {
  "image load": load,
  load,
  "image push": push,
  push,
  "image tag": tag,
  tag,
  "image inspect": inspect,
  "image ls": list,
  images: list,
  version: () => ok("Client: simulated\n Version: 28.0.0\nServer: simulated\n Version: 28.0.0\n"),
  info: () => ok("Server Version: 28.0.0\nOperating System: rehearsal\n"),
};

/** Carries out a command line of the Docker client; what is not simulated is refused. */
export async function runDockerCommand(args: readonly string[], context: ClientContext): Promise<Answer> {
  const words = args.filter((arg) => !arg.startsWith("-"));
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(" ");
    const command = COMMANDS[name];
    if (command !== undefined) return await command(args.slice(length), context);
  }
  return fail(
    `docker: '${words.join(" ")}' is not simulated: a rehearsal knows ${Object.keys(COMMANDS).join(", ")}\n`,
  );
}

async function load(args: readonly string[], context: ClientContext): Promise<Answer> {
  const file = optionOf(args, ["--input", "-i"]);
  const path = file === undefined ? undefined : resolve(context.folder, file);
  if (path !== undefined && !existsSync(path)) return fail(`open ${path}: no such file or directory\n`);
  const images = await readImageArchive(path === undefined ? context.stdin : createReadStream(path));
  context.world.change((state) => {
    for (const { id, tags } of images) for (const name of tags) localImages.of(state).set(name, { id });
  });
  const loaded = images.flatMap(({ id, tags }) =>
    tags.length > 0 ? tags.map((name) => `Loaded image: ${name}\n`) : [`Loaded image ID: ${id}\n`],
  );
  return ok(loaded.join(""));
}

function tag(args: readonly string[], { world }: ClientContext): Answer {
  const [source, target] = args;
  if (source === undefined || target === undefined || args.length !== 2) {
    return fail('"docker image tag" requires exactly 2 arguments.\n');
  }
  const to = parseReference(target);
  if (to === undefined) {
    return fail(
      `Error parsing reference: "${target}" is not a valid repository/tag: invalid reference format\n`,
    );
  }
  return world.change((state) => {
    const image = localImages.of(state).get(parseReference(source)?.full ?? source);
    if (image === undefined) return fail(`Error response from daemon: No such image: ${source}\n`);
    localImages.of(state).set(to.full, image);
    return ok("");
  });
}

function push(args: readonly string[], { world, clock, login }: ClientContext): Answer {
  const name = args.find((arg) => !arg.startsWith("-"));
  const reference = name === undefined ? undefined : parseReference(name);
  if (name === undefined || reference === undefined)
    return fail(`invalid reference format: "${name ?? ""}"\n`);
  const { registry, full, repository } = reference;
  return world.change((state) => {
    const image = localImages.of(state).get(full);
    if (image === undefined)
      return fail(`An image does not exist locally with the tag: ${registry}/${repository}\n`);
    const { username = "", password = "" } = login ?? {};
    if (!isLetIn(world, { registry, username, password, now: clock.now() }))
      return fail(`unauthorized: authentication required at ${registry}\n`);
    const digest = `sha256:${createHash("sha256").update(image.id).digest("hex")}`;
    if (!registries.of(state).has(registry)) registries.of(state).set(registry, { isPrivate: true });
    pushedImages.of(state).set(full, { digest });
    return ok(`${full}\n`);
  });
}

function inspect(args: readonly string[], { world }: ClientContext): Answer {
  const format = optionOf(args, ["--format", "-f"]);
  const names = args.filter(
    (arg, index) => !arg.startsWith("-") && arg !== format && !isOption(args[index - 1]),
  );
  const found: object[] = [];
  for (const name of names) {
    const entries = world.read((state) => localImages.of(state).entries());
    const image = entries.find(([key, { id }]) => key === parseReference(name)?.full || id === name)?.[1];
    if (image === undefined) return fail(`Error response from daemon: No such image: ${name}\n`, "[]\n");
    const tags = entries.filter(([, { id }]) => id === image.id).map(([key]) => key);
    found.push({ Id: image.id, RepoTags: tags });
  }
  if (format === undefined) return ok(`${JSON.stringify(found, undefined, 4)}\n`);
  if (!/^\{\{\s*\.I[dD]\s*\}\}$/.test(format)) return fail(`the format ${format} is not simulated\n`);
  return ok(found.map((image) => ("Id" in image ? `${String(image.Id)}\n` : "")).join(""));
}

function list(_args: readonly string[], { world }: ClientContext): Answer {
  const entries = world.read((state) => localImages.of(state).entries());
  return ok(entries.map(([name, { id }]) => `${name}\t${id}\n`).join(""));
}

function optionOf(args: readonly string[], names: readonly string[]): string | undefined {
  for (const [index, arg] of args.entries()) {
    if (names.includes(arg)) return args[index + 1];
    const [name = "", ...value] = arg.split("=");
    if (names.includes(name) && value.length > 0) return value.join("=");
  }
  return undefined;
}

function isOption(arg: string | undefined): boolean {
  return arg === "--format" || arg === "-f" || arg === "--input" || arg === "-i";
}

function ok(stdout: string): Answer {
  return { code: 0, stdout, stderr: "" };
}

function fail(stderr: string, stdout = ""): Answer {
  return { code: 1, stdout, stderr };
}
