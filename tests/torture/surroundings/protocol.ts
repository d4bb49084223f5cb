/** Clients of the product, as they meet a hostile server. */
export type ClientName =
  "registry" | "push" | "minio" | "cluster" | "status" | "site" | "release" | "arm" | "entra" | "postgres";

/** What a client is to meet. */
export interface Job {
  readonly client: ClientName;
  readonly port: number;
  /** Port of an Azure that answers well. */
  readonly azurePort: number;
  /** Whether the client is told that there is no TLS. */
  readonly plain: boolean;
}

/** Something that a client said. */
export interface Said {
  readonly isGood: boolean;
  readonly text: string;
}

/** What became of a client. */
export interface Met {
  readonly said: readonly Said[];
  readonly ms: number;
  /** By how much the process grew, in MB. */
  readonly grownMb: number;
  /** What keeps the process alive that did not before. */
  readonly open: readonly string[];
}

/** What every password and token holds, and nothing else. */
export const PLANTED = "planted";
