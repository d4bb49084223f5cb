/** Hangs secrets onto a value so that printing it does not show them. */
export function withSecrets<T extends object, S>(value: T, secrets: S): T & { readonly secrets: S } {
  return Object.defineProperty({ ...value, secrets }, "secrets", { enumerable: false });
}
