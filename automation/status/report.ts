import type { ServiceName } from "../../components/spacelift/values";
import type { PodStatus } from "../../kubernetes/pods";

export type { PodStatus } from "../../kubernetes/pods";

/** What was read, or why it could not be. */
export type Part<T> =
  | { readonly readable: true; readonly value: T }
  | {
      readonly readable: false;
      /** Lower case, no final period. */
      readonly reason: string;
    };

/** How an installation is. Everything in it is JSON; dates are ISO 8601. It holds no secret. */
export interface StatusReport {
  /** `down`: nobody can use it. `degraded`: something is wrong, or could not be read. */
  readonly verdict: Verdict;
  /** Why it is not healthy, the gravest first. */
  readonly reasons: readonly string[];
  readonly checkedAt: string;
  readonly cluster: Part<ClusterStatus>;
  readonly workloads: Part<readonly WorkloadStatus[]>;
  readonly certificates: Part<readonly CertificateStatus[]>;
  readonly ingresses: Part<readonly IngressStatus[]>;
  readonly migrations: Part<MigrationStatus>;
  readonly endpoints: Part<readonly EndpointStatus[]>;
  readonly versions: Part<VersionStatus>;
  readonly drift: DriftStatus;
}

/** The overall judgement. */
export type Verdict = "healthy" | "degraded" | "down";

/** The cluster. */
export interface ClusterStatus {
  readonly server: string;
  /** `v1.34.1`. */
  readonly version: string;
  readonly namespace: string;
}

/** A Deployment of the Spacelift release. */
export interface WorkloadStatus {
  /** Which service it runs; undefined for one that this program does not know. */
  readonly service?: ServiceName;
  readonly name: string;
  /** Pods that are wanted, ready, and of the newest revision. */
  readonly desired: number;
  readonly ready: number;
  readonly updated: number;
  /** Image of the first container. */
  readonly image: string;
  /** Restarts of all its pods together. */
  readonly restarts: number;
  readonly pods: readonly PodStatus[];
  /** What Kubernetes says is wrong with the Deployment as a whole, such as pods that a quota forbids. */
  readonly problem?: string;
}

/** The certificate of a host. */
export interface CertificateStatus {
  readonly host: string;
  readonly secretName: string;
  /** What the Secret holds; left out when there is no usable certificate in it. */
  readonly certificate?: {
    readonly issuer: string;
    readonly names: readonly string[];
    readonly validTo: string;
    /** Negative when expired. */
    readonly daysLeft: number;
  };
  /** What cert-manager says, when it makes this certificate. */
  readonly certManager?: { readonly ready: boolean; readonly renewalAt?: string; readonly message?: string };
  /** Proofs of the domain that are under way: `http-01 pending: …`. */
  readonly challenges: readonly string[];
  /** What is wrong with the Secret. */
  readonly problem?: string;
}

/** An Ingress of the release. */
export interface IngressStatus {
  readonly name: string;
  readonly className?: string;
  readonly hosts: readonly string[];
  /** Addresses that the controller has published; empty until it has. */
  readonly addresses: readonly string[];
}

/**
 * How far the migrations of the database are, as far as the cluster shows it: a server migrates when it starts, with no
 * job of its own.
 */
export interface MigrationStatus {
  /**
   * `finished`: a server of that image is ready, so it has migrated. `running`: one is starting. `failing`: it ends again
   * and again before it is ready. `unknown`: no server pod shows it.
   */
  readonly state: "finished" | "running" | "failing" | "unknown";
  readonly image?: string;
  readonly reason: string;
}

/** Something that clients connect to. */
export interface EndpointStatus {
  readonly name: "ui" | "federation" | "vcs-gateway";
  readonly url: string;
  readonly ok: boolean;
  /** What was answered, or what went wrong. */
  readonly reason: string;
  /** HTTP status; left out when there was none. */
  readonly status?: number;
  /** How it was reached: by its name, or by the address of the Ingress while DNS does not know it. */
  readonly via: "dns" | "ingress";
  readonly addresses: readonly string[];
  readonly tls?: {
    readonly trusted: boolean;
    readonly validTo?: string;
    readonly problem?: string;
    /** Whether its authority is unknown here, and may be known to others. */
    readonly unknownAuthority?: boolean;
  };
  readonly milliseconds: number;
}

/** Which versions run. */
export interface VersionStatus {
  /** What the configuration asks for. */
  readonly expected: string;
  /** Tags of the images by Deployment. */
  readonly images: Readonly<Record<string, string>>;
  /** Tag of the launcher that runs are started with; left out when it may not be read. */
  readonly launcher?: string;
  readonly release?: {
    readonly revision: number;
    readonly status: string;
    readonly chart: string;
    readonly chartVersion: string;
    readonly updatedAt?: string;
    readonly description?: string;
  };
}

/** What differs from what was deployed. */
export interface DriftStatus {
  /** Live objects that differ from the Helm release, or were changed by others. */
  readonly live: Part<readonly string[]>;
  /** What a refresh of the stack found, when asked for. */
  readonly stack?: Part<DriftSummary>;
}

/** What a refresh of a stack would change. */
export interface DriftSummary {
  readonly resources: readonly {
    readonly urn: string;
    /** `update`, `delete`, `replace`, … */
    readonly change: string;
    /** Properties that differ; never their values. */
    readonly properties?: readonly string[];
  }[];
}
