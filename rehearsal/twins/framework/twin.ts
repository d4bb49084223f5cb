import type { Change, ReplaceOn } from "./changes";
import type { Clock, World } from "./world";
import type { Operation } from "./errors";
import type { Failure, Fields } from "./fields";
import type { Properties } from "./values";

/** What surrounds an operation: who asks, with which provider configuration, and the world it acts on. */
export interface OperationContext {
  readonly urn: string;
  /** Type token, as `kubernetes:core/v1:Namespace`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  /** The configuration of the provider that the resource uses, secrets in clear. */
  readonly config: Properties;
  readonly world: World;
  readonly clock: Clock;
  /** Aborted when the engine cancels the operation. */
  readonly signal: AbortSignal;
  /** The custom timeout in seconds, when the program gave one. */
  readonly timeoutSeconds?: number;
  /** Asks again and again, at an interval of simulated time, until there is an answer; `undefined` after the timeout. */
  readonly poll: <T>(probe: () => T | undefined, options: PollOptions) => Promise<T | undefined>;
  /** Tells something for the moment, which the engine shows in the row of the resource. */
  readonly say: (message: string) => void;
}

/** How often and how long to ask, in simulated seconds. */
export interface PollOptions {
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
}

/** What surrounds a check: the inputs of before, and a generator that is stable for the same resource. */
export interface CheckContext {
  readonly type: string;
  readonly name: string;
  readonly config: Properties;
  readonly world: World;
  readonly oldInputs: Properties;
  /** Hexadecimal text for automatic names, stable within one update. */
  readonly randomHex: (length: number) => string;
}

/** What surrounds a comparison. */
export interface DiffContext {
  /** The configuration of the provider that the resource uses. */
  readonly config: Properties;
}

/** Seconds of simulated time, or how many they are for a resource with these properties. */
export type Latency = number | ((properties: Properties) => number);

/** A created resource: its identity and its outputs. */
export interface Created {
  readonly id: string;
  readonly outputs: Properties;
}

/** A resource as it is found. Inputs reflect the world, so that drift shows up in the next diff. */
export interface Found extends Created {
  readonly inputs: Properties;
}

/** The recorded state of a resource. */
export interface Recorded {
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

/** The behaviour of one resource type. */
export interface ResourceTwin {
  /** The input properties, a key that is not listed being refused; or `open` when the type checks them itself. */
  readonly inputs: Fields | "open";
  /** Paths whose change replaces the resource. */
  readonly replaceOn?: ReplaceOn;
  /** Whether a replacement deletes first, as when two could not have the same name. */
  readonly deleteBeforeReplace?: boolean | ((inputs: Properties, before: Recorded) => boolean);
  /** Top-level outputs that are unknown until the resource exists. */
  readonly computed?: readonly string[];
  /** Computed outputs that an update makes unknown again in a preview. */
  readonly recomputed?: readonly string[];
  /** Paths of outputs that are secret whatever the inputs were, as `result`. */
  readonly secretOutputs?: readonly string[];
  /** Paths of outputs that are secret as soon as any input is, as the output of a command. */
  readonly derivedOutputs?: readonly string[];
  /** How long operations take, in simulated seconds. */
  readonly latency?: Partial<Record<Operation, Latency>>;
  /**
   * Takes hold of what an operation needs to itself for as long as it lasts, and answers how to let go, if it does.
   * Throws what the service answers when another operation has it.
   */
  readonly claim?: (
    operation: Operation,
    properties: Properties,
    context: OperationContext,
  ) => (() => void) | undefined;
  /**
   * Throws what the service refuses at once when it is asked for an operation, before the operation takes its time; the
   * operation judges again when it ends. Not asked on a clock that lets time pass at once.
   */
  readonly accept?: (operation: Operation, properties: Properties, context: OperationContext) => void;
  /** Adds defaults and automatic names to the inputs. */
  readonly normalise?: (inputs: Properties, context: CheckContext) => Properties;
  /** Checks what fields cannot say, on normalised inputs that may hold unknowns. */
  readonly check?: (inputs: Properties, context: CheckContext) => Failure[];
  /** Revises the changes found, adding those that only the type knows of. */
  readonly diff?: (
    before: Recorded,
    after: Properties,
    changes: readonly Change[],
    context: DiffContext,
  ) => readonly Change[];
  /** Refuses at preview what is bound to fail, and may know more outputs than the rest; `before` is absent for a creation. */
  readonly preview?: (inputs: Properties, context: OperationContext, before?: Recorded) => Properties;
  readonly create: (inputs: Properties, context: OperationContext) => Promise<Created> | Created;
  /** Looks the resource up in the world; `undefined` when it is gone. Absent: the state is taken to be true. */
  readonly read?: (
    recorded: Recorded,
    context: OperationContext,
  ) => Promise<Found | undefined> | Found | undefined;
  /** Changes the resource in place and answers its outputs. Absent: every change replaces. */
  readonly update?: (
    before: Recorded,
    inputs: Properties,
    context: OperationContext,
  ) => Promise<Properties> | Properties;
  /** Takes the resource away. Absent: there is nothing to take away but the state. */
  readonly delete?: (recorded: Recorded, context: OperationContext) => Promise<void> | void;
}

/** The behaviour of one function of a package. */
export type InvokeTwin = (
  args: Properties,
  context: Pick<OperationContext, "config" | "world" | "clock">,
) => Properties;

/** The behaviour of one provider package. */
export interface Twin {
  readonly package: string;
  /** Version the twin imitates. */
  readonly version: string;
  /** The configuration properties of the provider. */
  readonly config: Fields;
  /** Checks what fields cannot say about the configuration. */
  readonly checkConfig?: (config: Properties) => Failure[];
  /** Configuration paths whose change replaces the provider, and every resource with it. */
  readonly replaceProviderOn?: (before: Properties, after: Properties) => readonly string[];
  readonly resources: Readonly<Record<string, ResourceTwin>>;
  /** Behaviour of types that are not listed, by token. */
  readonly fallback?: (token: string) => ResourceTwin | undefined;
  readonly invokes?: Readonly<Record<string, InvokeTwin>>;
  /** Simulated seconds to wait before each further try after an error with this code; none for an error that is final. */
  readonly retryDelays?: (code: string) => readonly number[];
}

/** Declares the behaviour of a package; the identity function, for the sake of types. */
export function defineTwin(twin: Twin): Twin {
  return twin;
}

/** Declares the behaviour of a resource type; the identity function, for the sake of types. */
export function defineResource(resource: ResourceTwin): ResourceTwin {
  return resource;
}
