import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { EngineClient } from "../../twins/support/engine-client";
import { goProgram } from "./go-programs";
import { kubernetesProviderPrograms } from "./programs";

/** The real Kubernetes provider in a process of its own, driven by requests as the engine would. */
export interface KubernetesProvider {
  readonly engine: EngineClient;
  readonly stop: () => Promise<void>;
}

/** Starts the provider for the cluster of a kubeconfig. */
export async function startKubernetesProvider(
  kubeconfig: string,
  config: Readonly<Record<string, string>> = {},
): Promise<KubernetesProvider> {
  const program = await goProgram(kubernetesProviderPrograms);
  const listener = await startListener();
  // Without the address of an engine it waits for one to attach.
  const child = spawn(program, { stdio: ["ignore", "pipe", "inherit"] });
  const kill = (): void => {
    child.kill("SIGKILL");
  };
  process.once("exit", kill);
  const stop = async (): Promise<void> => {
    process.removeListener("exit", kill);
    const gone = child.exitCode === null ? new Promise((resolve) => child.once("exit", resolve)) : undefined;
    kill();
    await gone;
    listener.server.forceShutdown();
  };
  try {
    const port = await new Promise<number>((resolve, reject) => {
      createInterface({ input: child.stdout }).once("line", (line) => {
        resolve(Number(line));
      });
      child.once("error", reject);
      child.once("exit", (code) => {
        reject(new Error(`the Kubernetes provider ended with ${code ?? "a signal"}`));
      });
    });
    const engine = await EngineClient.attach(port, {
      package: "kubernetes",
      engineAddress: `127.0.0.1:${listener.port}`,
      config: { kubeconfig, ...config },
    });
    return {
      engine,
      stop: async () => {
        await engine.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What a provider says its messages to. */
async function startListener(): Promise<{ readonly server: grpc.Server; readonly port: number }> {
  const server = new grpc.Server();
  server.addService(EngineService, {
    log: (_: grpc.ServerUnaryCall<LogRequest, Empty>, answer: grpc.sendUnaryData<Empty>) => {
      answer(null, new Empty());
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return { server, port };
}
