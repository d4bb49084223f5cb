import { createHash, randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { EngineLog } from "./engine-log";
import { type Attempt, type FaultSource, type Operation, PartialFailure, TwinError } from "./errors";
import type { Latency, OperationContext, PollOptions, Recorded, ResourceTwin, Twin } from "./twin";
import { type Properties, UNKNOWN } from "./values";
import type { Clock, World } from "./world";

// Long enough for requests that the engine sends at once to arrive, short enough not to be felt.
const CLAIM_MS = 15;

/** An operation that a twin has carried out. */
export interface ServedOperation {
  readonly urn: string;
  readonly type: string;
  readonly operation: Operation;
  /** What it was asked with, secrets in clear: the inputs of the resource, on `delete` and `read` those of its state. */
  readonly inputs: Properties;
  /** When it began and ended, in milliseconds of real time since some moment. */
  readonly began: number;
  readonly ended: number;
}

/** A call of a function of a package. */
export interface ServedCall {
  readonly token: string;
  readonly args: Properties;
}

/** What all the twins of one host share. */
export interface Surroundings {
  readonly world: World;
  readonly clock: Clock;
  readonly faults: FaultSource;
  /** Receives every operation that succeeded. */
  readonly onOperation?: ((served: ServedOperation) => void) | undefined;
  /** Receives every call that was answered. */
  readonly onCall?: ((served: ServedCall) => void) | undefined;
}

/** Runs the operations of one package: finds the resource, injects faults and lets time pass. */
export class Session {
  private cancellation = new AbortController();
  private log: EngineLog | undefined;

  constructor(
    readonly twin: Twin,
    private readonly surroundings: Surroundings,
  ) {}

  /** The world that the twin acts on. */
  get world(): World {
    return this.surroundings.world;
  }

  /** Remembers the engine that is served from now on, by its address. */
  attach(address: string): void {
    if (address === "" || address === this.log?.address) return;
    this.detach();
    this.log = new EngineLog(address);
  }

  /** Forgets it. */
  detach(): void {
    this.log?.close();
    this.log = undefined;
  }

  /** The behaviour of a type; throws for a type the package does not simulate. */
  resource(type: string): ResourceTwin {
    const found = Object.hasOwn(this.twin.resources, type)
      ? this.twin.resources[type]
      : this.twin.fallback?.(type);
    if (found === undefined) {
      throw new Error(`the simulated provider of "${this.twin.package}" has no resource type "${type}"`);
    }
    return found;
  }

  /** Describes who asks, and gives access to the world. */
  context(urn: string, config: Properties, timeoutSeconds: number): OperationContext {
    const { world, clock } = this.surroundings;
    const { signal } = this.cancellation;
    return {
      urn,
      ...splitUrn(urn),
      config,
      world,
      clock,
      signal,
      ...(timeoutSeconds > 0 ? { timeoutSeconds } : {}),
      poll: (probe, options) => poll(probe, options, clock, signal),
      say: (message) => this.log?.say(urn, message),
    };
  }

  /**
   * Carries out one operation with its latency and the faults that hit it, again where the provider tries again.
   *
   * @param asMade what a resource is recorded as that was made and did not become ready. @default - it cannot be waited for
   */
  async run<T>(
    operation: Operation,
    context: OperationContext,
    properties: Properties,
    work: () => Promise<T> | T,
    asMade?: (result: T) => Pick<Recorded, "id" | "outputs">,
  ): Promise<T> {
    const { faults, clock } = this.surroundings;
    const { urn, type, name, signal } = context;
    const { latency, claim, accept } = this.resource(type);
    const began = performance.now();
    const attempt = { package: this.twin.package, type, name, operation };
    const result = await this.retrying(context, async () => {
      faults.strike(attempt, "before");
      const letGo = claim?.(operation, properties, context);
      try {
        if (!clock.isInstant) accept?.(operation, properties, context);
        await clock.sleep(secondsOf(latency?.[operation], properties), signal);
        // Simulated time may pass in no time; whoever wants the same must still have a chance to meet the claim.
        if (letGo !== undefined) await pause(CLAIM_MS, undefined, { signal });
        return await work();
      } finally {
        letGo?.();
      }
    });
    await this.retrying(context, () => {
      faults.strike(attempt, "after");
    });
    if (asMade !== undefined) this.strikeUnready(attempt, { ...asMade(result), inputs: properties });
    this.surroundings.onOperation?.({
      urn,
      type,
      operation,
      inputs: properties,
      began,
      ended: performance.now(),
    });
    return result;
  }

  /** Answers a call of a function. */
  call(token: string, args: Properties, config: Properties): Properties {
    const { twin, surroundings } = this;
    const invoke = twin.invokes?.[token];
    if (invoke === undefined)
      throw new Error(`the simulated provider of "${twin.package}" has no function "${token}"`);
    const answer = invoke(args, this.context("", config, 0));
    surroundings.onCall?.({ token, args });
    return answer;
  }

  private strikeUnready(attempt: Attempt, { id, outputs, inputs }: Recorded): void {
    try {
      this.surroundings.faults.strike(attempt, "unready");
    } catch (error) {
      if (!(error instanceof TwinError)) throw error;
      throw new PartialFailure(id, outputs, inputs, [error.message]);
    }
  }

  private async retrying<T>(context: OperationContext, work: () => Promise<T> | T): Promise<T> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await work();
      } catch (error) {
        const code = error instanceof TwinError ? error.code : undefined;
        const delay = code === undefined ? undefined : this.twin.retryDelays?.(code)[tries];
        if (delay === undefined) throw error;
        await this.surroundings.clock.sleep(delay, context.signal);
        // Whoever holds what is wanted lets go in real time.
        await pause(2 * CLAIM_MS, undefined, { signal: context.signal });
      }
    }
  }

  /** Aborts everything that is under way; later operations run as usual. */
  cancel(): void {
    this.cancellation.abort();
    this.cancellation = new AbortController();
  }

  /** Answers the outputs that a preview shows. */
  preview(inputs: Properties, context: OperationContext, before?: Recorded): Properties {
    const resource = this.resource(context.type);
    const known = resource.preview?.(inputs, context, before) ?? {};
    const pending = before === undefined ? resource.computed : resource.recomputed;
    const kept = before === undefined ? {} : pick(before.outputs, resource.computed ?? []);
    const unknown = Object.fromEntries((pending ?? []).map((name) => [name, UNKNOWN]));
    return { ...kept, ...inputs, ...unknown, ...known };
  }
}

function secondsOf(latency: Latency | undefined, properties: Properties): number {
  return typeof latency === "function" ? latency(properties) : (latency ?? 0);
}

function pick(properties: Properties, names: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => names.includes(name)));
}

async function poll<T>(
  probe: () => T | undefined,
  options: PollOptions,
  clock: Clock,
  signal: AbortSignal,
): Promise<T | undefined> {
  for (let waited = 0; ; waited += options.intervalSeconds) {
    const answer = probe();
    if (answer !== undefined || waited >= options.timeoutSeconds) return answer;
    await clock.sleep(options.intervalSeconds, signal);
    // Simulated time may pass in no time; what is awaited still has to run.
    await pause(1, undefined, { signal });
  }
}

/**
 * The configurations of the provider instances that share one server.
 * The engine opens a connection for each instance, so the address of the peer tells them apart.
 */
export class Configurations {
  private readonly byPeer = new Map<string, Properties>();
  private latest: Properties = {};

  /** Remembers the configuration that a peer has sent. */
  set(peer: string, config: Properties): void {
    this.byPeer.set(peer, config);
    this.latest = config;
  }

  /** The configuration of a peer; a connection that was reopened gets the latest. */
  get(peer: string): Properties {
    return this.byPeer.get(peer) ?? this.latest;
  }
}

/** The logical name and the type token that a URN ends in. */
export interface UrnParts {
  readonly type: string;
  readonly name: string;
}

/** Splits a URN; the type is the last of the chain of parent types. */
export function splitUrn(urn: string): UrnParts {
  const [, , types = "", ...name] = urn.replace(/^urn:pulumi:/, "").split("::");
  return { type: types.split("$").at(-1) ?? "", name: name.join("::") };
}

/** Makes a generator of hexadecimal text that repeats itself for the same seed; without a seed it is random. */
export function hexGenerator(seed: Uint8Array): (length: number) => string {
  const source = seed.length > 0 ? Buffer.from(seed) : randomBytes(32);
  return (length) => createHash("sha256").update(source).digest("hex").slice(0, length);
}
