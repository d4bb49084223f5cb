/**
 * Why a call failed: `configuration`: the kubeconfig cannot be used; `credentials`: they could not be obtained;
 * `unreachable`: no connection; `untrusted`: the server's certificate; `timeout`; `unauthorized`: 401; `forbidden`: 403;
 * `missing`: 404; `conflict`: 409; `answer`: another status, or an answer that is not what was asked for.
 */
export type KubeErrorKind =
  | "configuration"
  | "credentials"
  | "unreachable"
  | "untrusted"
  | "timeout"
  | "unauthorized"
  | "forbidden"
  | "missing"
  | "conflict"
  | "answer";

/** A call to a Kubernetes API server that failed. The message is in lower case, without a final period and secrets. */
export class KubeError extends Error {
  override readonly name = "KubeError";
  readonly kind: KubeErrorKind;

  constructor(kind: KubeErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

export const isKubeError = (error: unknown, ...kinds: readonly KubeErrorKind[]): error is KubeError =>
  error instanceof KubeError && (kinds.length === 0 || kinds.includes(error.kind));
