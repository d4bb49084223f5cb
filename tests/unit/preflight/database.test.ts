import assert from "node:assert/strict";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { databaseCheck } from "../../../preflight/database";
import { configured } from "../../support/configurations";
import { assertBad, look } from "../../support/peers/look";
import type { CheckResult } from "../../../preflight/run";

const message = (type: string, body: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
};
const loggedIn = Buffer.concat([message("R", Buffer.alloc(4)), message("Z", Buffer.from("I"))]);

describe("database check against something else than Postgres", () => {
  let answers: readonly ((socket: Socket) => void)[] = [];
  let server: Server;
  const sockets = new Set<Socket>();
  before(async () => {
    server = createServer((socket) => {
      let at = 0;
      sockets.add(socket);
      socket.on("error", () => undefined).on("data", () => answers[at++]?.(socket));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  });
  after(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => server.close(done));
  });

  const found = async (...given: typeof answers): Promise<CheckResult> => {
    answers = given;
    const { port } = server.address() as AddressInfo;
    const databaseUrl = `postgres://owner:planted-password@127.0.0.1:${port}/spacelift?sslmode=disable`;
    const settings = { onprem: { database: { allowUnverified: true } } };
    return (await look(databaseCheck, configured(settings, { databaseUrl }))).finding("database.reachable");
  };

  it("outlives a message that the driver does not know", async () => {
    const unknown = message("R", Buffer.from([0, 0, 0, 99]));
    assertBad(await found((socket) => socket.write(unknown)), "warning", /does not speak Postgres there$/);
  });

  it("says that HTTP is spoken where Postgres was meant to be", async () => {
    const http = await found((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    assertBad(http, "warning", /^127\.0\.0\.1:\d+ does not speak Postgres there$/);
  });

  it("keeps no message that does not end", async () => {
    const endless = await found((socket) => {
      const pour = (): void => {
        while (!socket.destroyed && socket.write(Buffer.alloc(1 << 20, "x")));
      };
      socket.on("drain", pour).write(Buffer.from([0x45, 0x7f, 0xff, 0xff, 0xff]));
      pour();
    });
    assertBad(endless, "warning", /too much to read$/);
  });

  it("says what becomes of a question, and does not wait for a server that does not hang up", async () => {
    const empty = Buffer.concat([message("C", Buffer.from("SELECT 0\0")), message("Z", Buffer.from("I"))]);
    const login = (socket: Socket): boolean => socket.write(loggedIn);
    assertBad(await found(login, (socket) => socket.write(empty)), "warning", /does not speak Postgres/);
    const closed = await found(login, (socket) => socket.destroy());
    assertBad(closed, "warning", /closes the connection$/);
    const began = performance.now();
    assertBad(await found(login), "warning", /does not answer in time$/);
    assert.ok(performance.now() - began < 15_000);
  });
});
