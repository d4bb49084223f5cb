/** Gives a value that the rules of the configuration guarantee. Its absence is a bug of the rules, not of the stack. */
export function required<T>(value: T | undefined, key: string): T {
  if (value === undefined) throw new Error(`bug: spacelift:${key} passed the checks without a value`);
  return value;
}
