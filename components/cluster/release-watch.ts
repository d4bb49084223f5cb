import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import { isKubeError } from "../../kubernetes/kube-error";
import type { KubeClient } from "../../kubernetes/kube-client";
import { findUnready, type Unready } from "../../kubernetes/unready";
import { redactor } from "../../peers/redact";
import type { ClusterAccess } from "../platform/platform";
import { connect, valueOf } from "./access";

export interface ReleaseWatchOptions {
  readonly access: ClusterAccess;
  readonly name: string;
  readonly namespace: pulumi.Input<string>;
  /** Values that may turn up in what containers print; those that are secret Outputs are masked. */
  readonly variables: readonly pulumi.Input<string>[];
  /** How often the pods are looked at, in milliseconds. @default 10000 */
  readonly everyMs?: number;
}

/**
 * Looks at the pods of a release while Helm waits for them, and remembers why they were not ready: when Helm has given up,
 * it has rolled the release back, and they are gone.
 */
export class ReleaseWatch {
  private unready: readonly Unready[] = [];
  private problem: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private client: Promise<KubeClient> | undefined;
  private looking: Promise<void> = Promise.resolve();
  private readonly ending = new AbortController();

  constructor(private readonly options: ReleaseWatchOptions) {}

  start(): void {
    if (this.timer !== undefined) return;
    const everyMs = this.options.everyMs ?? 10_000;
    // An engine calls from outside of the program that the Outputs belong to.
    const look = AsyncResource.bind(() => {
      this.looking = this.looking.then(() => this.look());
    });
    this.timer = setInterval(look, everyMs);
    // It must not keep a program alive that has ended.
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Looks no more, and tells what kept Helm waiting; undefined when nothing did, as far as it was seen. */
  async report(): Promise<string | undefined> {
    this.stop();
    await this.looking;
    const { name } = this.options;
    if (this.unready.length === 0) {
      return this.problem === undefined
        ? undefined
        : `Why the release "${name}" failed could not be seen: ${this.problem}.`;
    }
    const redact = redactor(await this.secrets());
    const lines = this.unready.flatMap(({ what, details }) => [
      `  ${what}`,
      ...details.map((detail) => `    ${detail}`),
    ]);
    return redact([`While Helm waited for the release "${name}", this was not ready:`, ...lines].join("\n"));
  }

  private async look(): Promise<void> {
    if (this.timer === undefined) return;
    const { access, name, namespace } = this.options;
    const { signal } = this.ending;
    try {
      this.client ??= connect(access, signal);
      const unready = await findUnready(await this.client, await valueOf(namespace), name, { signal });
      // What has become ready in the end kept nobody waiting; what is there after Helm has given up is its rollback.
      if (unready !== undefined) this.unready = unready;
      this.problem = undefined;
    } catch (error) {
      if (!isKubeError(error)) throw error;
      // A look that fails must not fail the release; the next one may do.
      this.problem = error.message;
      this.client = undefined;
    }
  }

  private async secrets(): Promise<string[]> {
    const outputs = this.options.variables.filter((variable) => pulumi.Output.isInstance<string>(variable));
    const secret = await Promise.all(
      outputs.map(async (output) => ((await pulumi.isSecret(output)) ? [await valueOf(output)] : [])),
    );
    return secret.flat();
  }
}
