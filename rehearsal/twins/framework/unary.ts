import type * as grpc from "@grpc/grpc-js";
import { toServiceError } from "./status";

/** Makes a unary method out of a function; what it throws becomes the error of the call. */
export function unary<Q, R>(
  answer: (request: Q, peer: string) => Promise<R> | R,
): grpc.handleUnaryCall<Q, R> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => answer(call.request, call.getPeer()))
      .then(
        (response) => {
          callback(null, response);
        },
        (error: unknown) => {
          callback(toServiceError(error));
        },
      );
  };
}
