import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { status } from "../../../automation/status/status";
import { pushImage, type PushOptions } from "../../../images/push";
import { findHelmRelease } from "../../../kubernetes/helm-release";
import { connectCluster } from "../../../kubernetes/kube-client";
import { azureChecks } from "../../../preflight/azure";
import type { Check, CheckContext } from "../../../preflight/check";
import { clusterCheck } from "../../../preflight/cluster";
import { databaseCheck } from "../../../preflight/database";
import { objectStorageCheck } from "../../../preflight/object-storage";
import { registryCheck } from "../../../preflight/registry";
import { runChecks } from "../../../preflight/run";
import { armWorld } from "../../../rehearsal/twins/azure/api/subscription";
import { writeArchive } from "../../support/archives";
import { applicationEnv } from "../../support/arm/checks";
import { configuredAks, subscriptionId } from "../../support/azure-configurations";
import { configured, type TestConfig } from "../../support/configurations";
import { buildImage, incompressible } from "../../support/images";
import { base64 } from "../../support/kube-api/kubeconfig";
import { subjectOf } from "../../support/peers/look";
import type { ClientName, Job, Said } from "./protocol";

/** The clients of the product, in a process that trusts one CA. */
export class Clients {
  private readonly folder = mkdtempSync(join(tmpdir(), "spacelift-surroundings-"));
  private readonly caPath = join(this.folder, "ca.pem");
  private readonly env = { SSL_CERT_FILE: this.caPath, NODE_EXTRA_CA_CERTS: this.caPath };
  private image: PushOptions["image"] | undefined;

  constructor(private readonly ca: string) {
    writeFileSync(this.caPath, ca);
  }

  /** Lets a client meet a server, and gives what it says. */
  meet(job: Job): Promise<readonly Said[]> {
    return this.clients[job.client](job);
  }

  private readonly clients: Readonly<Record<ClientName, (job: Job) => Promise<readonly Said[]>>> = {
    registry: ({ port, plain }) => {
      const registry = { address: `localhost:${port}`, plainHttp: plain };
      return this.check(registryCheck, configured({ onprem: { registry } }));
    },
    minio: ({ port, plain }) => {
      const objectStorage = { endpoint: `localhost:${port}`, tls: !plain };
      const files = { rootCas: [], storageCa: this.ca };
      return this.check(objectStorageCheck, configured({ onprem: { objectStorage } }), { files });
    },
    postgres: ({ port }) => {
      const databaseUrl = `postgres://owner:planted-password@localhost:${port}/spacelift?sslmode=verify-full`;
      const files = { rootCas: [], databaseCa: this.ca };
      return this.check(databaseCheck, configured({}, { databaseUrl }), { files });
    },
    cluster: (job) => this.check(clusterCheck, configured({}, { kubeconfig: this.kubeconfig(job) })),
    push: async ({ port, plain }) => {
      this.image ??= await this.buildImage();
      return this.attempt("push", () =>
        pushImage({
          role: "backend",
          address: `localhost:${port}`,
          plainHttp: plain,
          repository: "team/backend",
          tag: "v1",
          login: { username: "robot", password: "planted-registry-password" },
          image: this.image!,
          env: this.env,
          signal: new AbortController().signal,
          pauses: [100],
          patience: { usualMs: 2_000, commitMs: 3_000 },
        }),
      );
    },
    release: (job) =>
      this.attempt("Helm release", async () => {
        const { signal } = new AbortController();
        const client = await connectCluster({ content: this.kubeconfig(job), env: this.env, signal });
        return findHelmRelease(client, "spacelift", "spacelift", { signal });
      }),
    status: async (job) => this.status(this.kubeconfig(job), 1, ["cluster", "workloads", "versions"]),
    // The cluster refuses connections: it is not what is looked at.
    site: ({ port }) => this.status(this.kubeconfig({ port: 1, plain: false }), port, ["endpoints"]),
    arm: ({ port, azurePort }) => this.azure(port, azurePort),
    entra: ({ port, azurePort }) => this.azure(azurePort, port),
  };

  private kubeconfig({ port, plain }: Pick<Job, "port" | "plain">): string {
    const cluster = {
      server: `${plain ? "http" : "https"}://localhost:${port}`,
      "certificate-authority-data": base64(this.ca),
    };
    return stringify({
      "current-context": "example",
      clusters: [{ name: "cluster", cluster }],
      users: [{ name: "user", user: { token: "planted-admin-token" } }],
      contexts: [{ name: "example", context: { cluster: "cluster", user: "user" } }],
    });
  }

  private async check(
    checks: Check | readonly Check[],
    config: TestConfig,
    more: Partial<Pick<CheckContext, "files" | "env">> = {},
  ): Promise<readonly Said[]> {
    // Without the mask: no secret may be in what is said in the first place.
    const options = { ...subjectOf(config), env: this.env, redact: (text: string) => text, ...more };
    const results = await runChecks([checks].flat(), options);
    return results.map(({ status: found, title, reason }) => ({
      isGood: found === "passed",
      text: `${title}: ${reason}`,
    }));
  }

  private async attempt(title: string, work: () => Promise<unknown>): Promise<readonly Said[]> {
    try {
      await work();
      return [{ isGood: true, text: `${title}: done` }];
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      return [{ isGood: false, text: `${title}: ${text}` }];
    }
  }

  private async status(
    content: string,
    port: number,
    parts: readonly ("cluster" | "workloads" | "versions" | "endpoints")[],
  ): Promise<readonly Said[]> {
    const report = await status({
      settings: {
        domain: "localhost",
        vcsGateway: undefined,
        version: "v3.0.0",
        namespace: { name: "spacelift", create: true },
      },
      kubeconfig: { content },
      trustedCas: [this.ca],
      timeoutMs: 5_000,
      env: this.env,
      network: { port, resolve: () => Promise.resolve(["127.0.0.1"]) },
    });
    return parts.flatMap((part): readonly Said[] => {
      const found = report[part];
      if (!found.readable) return [{ isGood: false, text: `${part}: ${found.reason}` }];
      if (part !== "endpoints") return [{ isGood: true, text: `${part}: read` }];
      return report.endpoints.readable
        ? report.endpoints.value.map(({ ok, url, reason }) => ({ isGood: ok, text: `${url}: ${reason}` }))
        : [];
    });
  }

  private azure(armPort: number, entraPort: number): Promise<readonly Said[]> {
    const checks = azureChecks({
      endpoints: () => ({
        name: "AzureCloud",
        resourceManager: `https://localhost:${armPort}`,
        authority: `https://localhost:${entraPort}`,
      }),
      ca: this.ca,
    });
    return this.check(checks, configuredAks(), { env: applicationEnv(armWorld(subscriptionId)) });
  }

  private async buildImage(): Promise<PushOptions["image"]> {
    const { tar, id } = await buildImage("backend:v1", ["the base", incompressible(9 << 20)]);
    return {
      path: await writeArchive(this.folder, "v1", { backend: tar }),
      extracted: false,
      member: "self-hosted-v1/container-images/backend.tar",
      id,
    };
  }
}
