import assert from "node:assert/strict";

/** A value that reached a resource as a secret. */
export class SecretValue {
  constructor(readonly value: unknown) {}
}

/** A resource as a program registered it. */
export interface RecordedResource {
  readonly type: string;
  readonly name: string;
  /** Inputs, with secrets wrapped in {@link SecretValue}. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Logical name of the parent; undefined for a child of the stack. */
  readonly parent: string | undefined;
  readonly options: {
    readonly protect: boolean;
    readonly retainOnDelete: boolean;
    readonly ignoreChanges: readonly string[];
    readonly replaceOnChanges: readonly string[];
    /** Logical names of what it explicitly depends on. */
    readonly dependsOn: readonly string[];
    /** How long a deletion may take, `90m`. */
    readonly deleteTimeout?: string | undefined;
    /** Logical name of what it is gone with, so that it need not be deleted itself. */
    readonly deletedWith?: string | undefined;
  };
}

/** Matches any value that is there. */
export const anything = Symbol("anything");

/** Matches a key that is not there. */
export const absent = Symbol("absent");

/** Matches a secret with a value that matches. */
export const secret = (value: unknown): SecretValue => new SecretValue(value);

/** What a program registered, with assertions. */
export class Inventory {
  constructor(readonly resources: readonly RecordedResource[]) {}

  /** The resources of a type. */
  all(type: string): readonly RecordedResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** The one resource of a type, or the one with the given logical name. */
  one(type: string, name?: string): RecordedResource {
    const found = this.all(type).filter((resource) => name === undefined || resource.name === name);
    const [only] = found;
    const wanted = name === undefined ? type : `${type} ${name}`;
    const names = this.all(type).map((resource) => resource.name);
    assert.ok(
      only && found.length === 1,
      `expected one ${wanted}, found ${found.length} (${names.join(", ")})`,
    );
    return only;
  }

  /** Asserts the number of resources of a type. */
  count(type: string, expected: number): void {
    const names = this.all(type).map((resource) => resource.name);
    assert.equal(names.length, expected, `${type}: ${names.join(", ")}`);
  }

  /** Asserts that a resource has inputs that match. */
  has(type: string, name: string, inputs: unknown): void {
    const actual = this.one(type, name).inputs;
    const difference = mismatch(actual, inputs, "");
    assert.equal(
      difference,
      undefined,
      `${type} ${name}: ${difference ?? ""}\n${JSON.stringify(actual, null, 2)}`,
    );
  }

  /** `type  name  parent` of every resource, sorted: what the identity of resources depends on. */
  identities(): string {
    const lines = this.resources.map(({ type, name, parent }) => `${type}  ${name}  ${parent ?? "-"}`);
    return `${lines.sort().join("\n")}\n`;
  }
}

/** Where a value differs from a partial expectation, or undefined. */
function mismatch(actual: unknown, expected: unknown, path: string): string | undefined {
  if (expected === anything) return actual === undefined ? `${path}: missing` : undefined;
  if (expected === absent) return actual === undefined ? undefined : `${path}: must not be there`;
  if (expected instanceof SecretValue) {
    if (!(actual instanceof SecretValue)) return `${path}: not a secret`;
    return mismatch(actual.value, expected.value, path);
  }
  if (expected instanceof RegExp) {
    return typeof actual === "string" && expected.test(actual)
      ? undefined
      : `${path}: does not match ${expected}`;
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) {
      return `${path}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`;
    }
    return first(expected.map((each, index) => mismatch(actual[index], each, `${path}[${index}]`)));
  }
  if (typeof expected === "object" && expected !== null) {
    if (typeof actual !== "object" || actual === null)
      return `${path}: expected an object, got ${String(actual)}`;
    const fields = new Map(Object.entries(actual));
    return first(
      Object.entries(expected).map(([key, each]) => mismatch(fields.get(key), each, `${path}.${key}`)),
    );
  }
  return Object.is(actual, expected)
    ? undefined
    : `${path}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`;
}

const first = (differences: readonly (string | undefined)[]): string | undefined =>
  differences.find((difference) => difference !== undefined);
