import { type Attempt, type FaultSource, type FaultStage, TwinError } from "../../../rehearsal/twins";

/** How one operation of one resource is made to fail. */
export interface StepFault {
  /** Class of the fault, as the figures name it. */
  readonly kind: string;
  readonly stage: FaultStage;
  /** What the provider reports. */
  readonly error: (attempt: Attempt) => TwinError;
  /** Whether the run is ended from outside at this moment, and how. */
  readonly end?: RunEnd;
}

/** How a run is ended from outside: what is killed or taken from it, or the signal that the engine gets. */
export type RunEnd = "engine" | "program" | "providers" | "backend" | Signal;

/** Signals by which a terminal, a supervisor and a lost connection end a command. */
export type Signal = "SIGINT" | "SIGTERM" | "SIGHUP";

type Service = (attempt: Attempt) => readonly [message: string, code?: string];

const kind = ({ type }: Attempt): string => (type.split(":").at(-1) ?? type).toLowerCase();

// As Azure Resource Manager words its errors, by its documentation of common deployment errors.
const azure: Readonly<Record<number, Service>> = {
  400: () => [
    "The request content was invalid and could not be deserialized: 'Unexpected end when reading JSON.'.",
    "InvalidRequestContent",
  ],
  403: ({ name }) => [
    `The client with object id '00000000-0000-0000-0000-00000000abcd' does not have authorization to perform action over scope '${name}' or the scope is invalid.`,
    "AuthorizationFailed",
  ],
  409: ({ name }) => [`Another operation is in progress on '${name}'. Retry later.`, "Conflict"],
  412: () => ["The condition in the If-Match header was not met.", "PreconditionFailed"],
  429: () => ["The request is being throttled. Retry after '17' seconds.", "TooManyRequests"],
  500: () => [
    "Encountered internal server error. Diagnostic information: activity id '00000000-0000-0000-0000-000000000000'.",
    "InternalServerError",
  ],
  503: () => ["The service is unavailable. Try again later.", "ServiceUnavailable"],
};

// As the API machinery words them (k8s.io/apimachinery/pkg/api/errors).
const kubernetes: Readonly<Record<number, Service>> = {
  400: () => ["the server rejected our request for an unknown reason"],
  403: (at) => [
    `${kind(at)} "${at.name}" is forbidden: User "deployer" cannot ${at.operation} resource "${kind(at)}s"`,
  ],
  409: (at) => [
    `Operation cannot be fulfilled on ${kind(at)}s "${at.name}": the object has been modified; please apply your changes to the latest version and try again`,
  ],
  429: () => ["the server has received too many requests and has asked us to try again later"],
  500: () => [
    'Internal error occurred: failed calling webhook "webhook.cert-manager.io": failed to call webhook: context deadline exceeded',
  ],
  503: () => ["the server is currently unable to handle the request"],
};

// As MinIO words them (cmd/api-errors.go).
const minio: Readonly<Record<number, Service>> = {
  400: () => ["Invalid Request", "InvalidRequest"],
  403: () => ["Access Denied.", "AccessDenied"],
  409: () => [
    "A conflicting conditional operation is currently in progress against this resource. Try again.",
    "OperationAborted",
  ],
  412: () => ["At least one of the pre-conditions you specified did not hold", "PreconditionFailed"],
  429: () => ["Resource requested is unreadable, please reduce your request rate", "SlowDownRead"],
  500: () => ["We encountered an internal error, please try again.", "InternalError"],
  503: () => ["Server not initialized yet, please try again.", "XMinioServerNotInitialized"],
};

const services: Readonly<Record<string, Readonly<Record<number, Service>>>> = {
  "azure-native": azure,
  kubernetes,
  minio,
};

/** Packages whose resources are made by a service, which may refuse or answer too late. */
export const isServed = ({ package: name }: Pick<Attempt, "package">): boolean => name in services;

const lost = (what: string): TwinError => new TwinError(`${what}: connection reset by peer`);

const LOST = "done, and the answer lost";

/** Why a failure is known and stays; undefined for any other. */
export function exceptionFor({ kind, end }: StepFault, failure: string): string | undefined {
  if (kind === LOST && /already exists/.test(failure))
    return "When the answer to a creation is lost and the run goes on, the state does not know what was created, and the next run is refused because it exists; docs/operations.md says how to go on.";
  return end === undefined ? undefined : leftOfHelm(failure);
}

/** Why a release that a killed run has left stands in the way in a rehearsal; undefined for any other failure. */
export const leftOfHelm = (failure: string): string | undefined =>
  /cannot re-use a name that is still in use/.test(failure)
    ? "What a killed run has left of a Helm release is found in Helm's records, at which nobody looks in a rehearsal; tests/live/killed.test.ts holds it against a real API server."
    : undefined;

/** Faults in which the run goes on and reports an error. */
export const reported: readonly StepFault[] = [
  ...[400, 403, 409, 412, 429, 500, 503].map((status): StepFault => ({
    kind: `refused with ${status}`,
    stage: "before",
    error: (attempt) => {
      const [message, code] = services[attempt.package]?.[status]?.(attempt) ?? ["exit status 1"];
      return new TwinError(message, code);
    },
  })),
  {
    kind: "timed out before it was done",
    stage: "before",
    error: () => new TwinError("context deadline exceeded"),
  },
  {
    kind: LOST,
    stage: "after",
    error: (attempt: Attempt): TwinError => {
      const { message } = lost("read tcp 10.0.0.4:443");
      // The client of Azure's provider sends again what got no answer (azcore, policy_retry.go), as it does after a 503.
      return new TwinError(message, attempt.package === "azure-native" ? "503" : undefined);
    },
  },
  {
    kind: "made, and not ready in time",
    stage: "unready",
    error: ({ name }) => new TwinError(`timed out waiting for "${name}" to be Ready`),
  },
];

const ends = {
  engine: "engine killed",
  program: "program killed",
  providers: "providers killed",
  backend: "state gone while a step is recorded",
} as const satisfies Partial<Record<RunEnd, string>>;

type Kill = keyof typeof ends;

/** Faults that end the run from outside, while an operation is under way or when it has just been done. */
export const outside: readonly StepFault[] = [
  ...(Object.keys(ends) as Kill[]).flatMap((end) =>
    (["before", "after"] as const).map((stage) => ({
      kind: `${ends[end]} ${stage === "before" ? "before the service acted" : "when the service had acted"}`,
      stage,
      error: () => lost("rpc error: code = Unavailable"),
      end,
    })),
  ),
  ...(["SIGINT", "SIGTERM", "SIGHUP"] as const).map((end) => ({
    kind: `engine ended by ${end}`,
    stage: "before" as const,
    error: () => lost("rpc error: code = Canceled"),
    end,
  })),
];

export const isSignal = (end: RunEnd): end is Signal => end.startsWith("SIG");

/** Makes operations fail once each, and remembers which it has. */
export class StepFaults implements FaultSource {
  private readonly struckKeys: string[] = [];
  private ended = false;
  private dead = false;
  private spared = false;
  private readonly done = new Set<string>();

  /** @param onEnd ends the run from outside */
  constructor(
    private readonly faults: ReadonlyMap<string, StepFault>,
    private readonly onEnd: (end: RunEnd) => void,
  ) {}

  /** What has struck since {@link begin}, by key. */
  get struck(): readonly string[] {
    return this.struckKeys;
  }

  /** Whether the run was ended from outside. */
  get hasEnded(): boolean {
    return this.ended;
  }

  /** Lets nothing fail from now on. */
  spareTheRest(): void {
    this.spared = true;
  }

  /** Begins another run. */
  begin(): void {
    this.struckKeys.length = 0;
    this.ended = false;
    this.dead = false;
  }

  strike(attempt: Attempt, stage: FaultStage): void {
    // Who was killed does nothing more; who has only lost something ends what it is at.
    if (this.dead) throw lost("rpc error: code = Unavailable");
    const key = stepKey(attempt);
    const fault = this.faults.get(key);
    if (fault?.stage !== stage || this.done.has(key) || this.ended || this.spared) return;
    this.done.add(key);
    this.struckKeys.push(key);
    if (fault.end !== undefined) {
      this.ended = true;
      this.dead = fault.end === "engine" || fault.end === "providers";
      this.onEnd(fault.end);
      if (!this.dead) return;
    }
    throw fault.error(attempt);
  }
}

/** An operation of a resource as one text. */
export const stepKey = ({ operation, name }: Pick<Attempt, "operation" | "name">): string =>
  `${operation} ${name}`;
