import * as pulumi from "@pulumi/pulumi";
import { azureAnswers } from "./azure-state";
import { computedState } from "./computed-state";
import { Inventory, type RecordedResource, SecretValue } from "./inventory";

/** How a program is run. */
export interface RunOptions {
  /** Configuration by full key; objects as they are. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Secrets by full key. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Compute nothing, as a preview of a first `up` does. @default false */
  readonly preview?: boolean;
  readonly stack?: string;
  /** The outputs of the run before. @default - there was none */
  readonly deployed?: Readonly<Record<string, unknown>>;
  /** Answers of functions of providers, by token, instead of those of Azure in tests/support/azure-state.ts. */
  readonly answers?: typeof azureAnswers;
  /** The id of a resource that is created. @default - its logical name with `-id` */
  readonly idOf?: (type: string, inputs: Readonly<Record<string, unknown>>) => string | undefined;
}

/** A call of a function of a provider. */
export interface RecordedCall {
  readonly token: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** What came of running a program. */
export interface RunResult<T> {
  readonly inventory: Inventory;
  /** The functions of providers that it called. */
  readonly calls: readonly RecordedCall[];
  readonly result: T;
}

const secretSignature = "4dabf18193072939515e22adb298388d";

/** Turns the wire form of secrets into {@link SecretValue}. */
function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== "object" || value === null) return value;
  const fields = new Map<string, unknown>(Object.entries(value));
  if (fields.has(secretSignature)) return new SecretValue(decode(fields.get("value")));
  return Object.fromEntries([...fields].map(([key, each]) => [key, decode(each)]));
}

type Options = Omit<RecordedResource, "inputs" | "type" | "name">;

const noOptions: RecordedResource["options"] = {
  protect: false,
  retainOnDelete: false,
  ignoreChanges: [],
  replaceOnChanges: [],
  dependsOn: [],
};

/** Transformations see the options of a resource, which mocks do not. */
function recordOptions(recorded: Map<string, Options>): pulumi.ResourceTransformation {
  return ({ type, name, opts }) => {
    const custom: pulumi.CustomResourceOptions = opts;
    const dependsOn = [custom.dependsOn ?? []].flat();
    recorded.set(`${type} ${name}`, {
      parent: custom.parent && logicalName(custom.parent),
      options: {
        protect: custom.protect ?? false,
        retainOnDelete: custom.retainOnDelete ?? false,
        ignoreChanges: custom.ignoreChanges ?? [],
        replaceOnChanges: custom.replaceOnChanges ?? [],
        dependsOn: dependsOn.filter((each) => pulumi.Resource.isInstance(each)).map(logicalName),
        deleteTimeout: custom.customTimeouts?.delete,
        deletedWith: custom.deletedWith && logicalName(custom.deletedWith),
      },
    });
    return undefined;
  };
}

// The SDK keeps a resource's name to itself.
const logicalName = (resource: pulumi.Resource): string =>
  (resource as pulumi.Resource & { readonly __name: string }).__name;

/**
 * Runs a program under mocks that behave like the providers: outputs that they compute, secret where they mark them so,
 * and nothing computed in a preview.
 */
export async function run<T>(program: () => Promise<T> | T, options: RunOptions = {}): Promise<RunResult<T>> {
  const calls: RecordedCall[] = [];
  const recorded: Omit<RecordedResource, "parent" | "options">[] = [];
  const optionsOf = new Map<string, Options>();
  const preview = options.preview ?? false;
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, id, custom }) => {
        const plain = inputs as Record<string, unknown>;
        // The mock monitor answers for the stack itself as well.
        if (type !== "pulumi:pulumi:Stack")
          recorded.push({ type, name, inputs: decode(plain) as Record<string, unknown> });
        const state = preview ? plain : { ...plain, ...computedState(type, name, plain) };
        return {
          id:
            custom === false || preview
              ? undefined
              : (given(id) ?? options.idOf?.(type, plain) ?? `${name}-id`),
          state,
        };
      },
      call: ({ token, inputs }) => {
        if (token === "pulumi:pulumi:readStackOutputs") return { outputs: options.deployed ?? {} };
        const answer = options.answers?.[token] ?? azureAnswers[token];
        if (!answer) throw new Error(`unexpected call of ${token}`);
        const args = inputs as Record<string, unknown>;
        calls.push({ token, args });
        return answer(args);
      },
    },
    "spacelift",
    options.stack ?? "test",
    preview,
    "organization",
  );
  const values = Object.entries({ ...options.config, ...options.secrets }).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(
    Object.fromEntries(values) as Record<string, string>,
    Object.keys(options.secrets ?? {}),
  );
  let result: { readonly value: T } | { readonly failure: unknown } | undefined;
  await pulumi.runtime.runInPulumiStack(async () => {
    pulumi.runtime.registerStackTransformation(recordOptions(optionsOf));
    try {
      const value = await program();
      result = { value };
      return value;
    } catch (failure) {
      // Kept for the caller: thrown through the stack, it would also surface as an unhandled rejection.
      result = { failure };
      return {};
    }
  });
  await pulumi.runtime.disconnect(false);
  if (!result) throw new Error("the program did not run");
  if ("failure" in result) throw result.failure;
  const resources = recorded.map((resource) => {
    const own = optionsOf.get(`${resource.type} ${resource.name}`);
    const isStack = own?.parent === `spacelift-${options.stack ?? "test"}`;
    return {
      ...resource,
      parent: isStack ? undefined : own?.parent,
      options: own?.options ?? noOptions,
    };
  });
  return { inventory: new Inventory(resources), calls, result: result.value };
}

const given = (id: string | undefined): string | undefined => (id === "" ? undefined : id);

/** The value of an Output, with the error when it has none. */
export async function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  // Internal, but the only way that rejects when the output does: `apply` would wait for ever.
  return (output as pulumi.Output<T> & { promise(): Promise<T> }).promise();
}
