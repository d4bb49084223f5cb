import { createHmac } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { npmProgram } from "../../live/ground/npm-programs";
import { freePort, startServer } from "./server-process";

/** Microsoft's emulator of Azure Blob Storage, on loopback, without TLS. */
export interface AzuriteServer {
  readonly port: number;
  /** Its one storage account. */
  readonly account: { readonly name: string; readonly key: string };
  readonly makeContainer: (name: string) => Promise<void>;
  /** Sends a request signed with the account's key. */
  readonly send: (
    method: string,
    path: string,
    query?: Readonly<Record<string, string>>,
  ) => Promise<Response>;
  readonly stop: () => Promise<void>;
}

const account = {
  name: "stateofthetests",
  key: Buffer.from("planted-key-of-the-storage-account").toString("base64"),
};

/** Starts it with an empty account, in memory. */
export async function startAzurite(): Promise<AzuriteServer> {
  const program = await npmProgram("azurite");
  const folder = await mkdtemp(join(tmpdir(), "spacelift-test-azurite-"));
  const port = await freePort();
  const send: AzuriteServer["send"] = (method, path, query = {}) => signed({ port, method, path, query });
  const server = await startServer({
    command: process.execPath,
    args: [
      join(program, "node_modules", "azurite", "dist", "src", "blob", "main.js"),
      "--blobPort",
      String(port),
      "--inMemoryPersistence",
      "--silent",
      "--disableTelemetry",
      // Clients are newer than the versions of the protocol that it knows by name.
      "--skipApiVersionCheck",
    ],
    cwd: folder,
    env: { AZURITE_ACCOUNTS: `${account.name}:${account.key}` },
    answers: async () => (await send("GET", "", { comp: "list" })).status === 200,
  });
  return {
    port,
    account,
    makeContainer: async (name) => {
      const { status } = await send("PUT", `/${name}`, { restype: "container" });
      if (status !== 201) throw new Error(`Azurite answers the making of a container with ${status}`);
    },
    send,
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface SignedRequest {
  readonly port: number;
  readonly method: string;
  /** Below the account. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

/** Signs as Azure wants it of a request without a body ("Shared Key"), and sends it. */
function signed({ port, method, path, query }: SignedRequest): Promise<Response> {
  const headers = { "x-ms-date": new Date().toUTCString(), "x-ms-version": "2021-12-02" };
  const absolute = `/${account.name}${path}`;
  const STANDARD_HEADERS = 11;
  const words = [
    method,
    ...Array.from({ length: STANDARD_HEADERS }, () => ""),
    ...Object.entries(headers).map(([name, value]) => `${name}:${value}`),
    // The account once more: the emulator has it in the path.
    `/${account.name}${absolute}`,
    ...Object.keys(query)
      .sort()
      .map((name) => `${name}:${query[name] ?? ""}`),
  ];
  const key = Buffer.from(account.key, "base64");
  const signature = createHmac("sha256", key).update(words.join("\n")).digest("base64");
  return fetch(`http://127.0.0.1:${port}${absolute}?${new URLSearchParams(query).toString()}`, {
    method,
    headers: { ...headers, authorization: `SharedKey ${account.name}:${signature}` },
  });
}
