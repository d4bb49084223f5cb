/** The version of the Pulumi engine a rehearsal downloads or builds when the machine has none. */
export const ENGINE_VERSION = "3.274.1";

/** Name of the engine in the cache; the second part counts changes of how it is put together. */
export const ENGINE_FOLDER = `${ENGINE_VERSION}-3`;

/** The oldest `pulumi` on PATH that is used as it is; it is the version of the SDK the program is written against. */
export const MINIMUM_ENGINE_VERSION = "3.248.0";

/** The oldest Go that can build the engine; it is the `go` line of `build/cli/go.mod`. */
export const MINIMUM_GO_VERSION = "1.26.6";

/** A Go command that is part of the engine, and how it is built. */
export interface EngineCommand {
  /** File name in the `bin` folder. */
  readonly name: "pulumi" | "pulumi-language-nodejs";
  /** Folder below `build/` whose go.mod and go.sum pin every module. */
  readonly moduleFolder: string;
  /** Import path of the command. */
  readonly importPath: string;
  /** Linker settings of the form `variable=value`. */
  readonly linkerValues: readonly string[];
}

/** The two commands of an engine; their module versions stand in the go.mod of each folder. */
export const ENGINE_COMMANDS: readonly EngineCommand[] = [
  {
    name: "pulumi",
    moduleFolder: "cli",
    importPath: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    // A release gets its version from the linker; without it the command calls itself a development build.
    linkerValues: [`github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${ENGINE_VERSION}`],
  },
  {
    name: "pulumi-language-nodejs",
    moduleFolder: "language-host",
    importPath: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    linkerValues: [],
  },
];

/** An installed Pulumi engine. */
export interface Engine {
  /** Folder with `bin/pulumi` and `bin/pulumi-language-nodejs`. */
  readonly root: string;
  /** Version of the CLI, without a leading `v`. */
  readonly version: string;
  /** Where this run found it. */
  readonly source: "path" | "cache" | "download" | "build";
}

/** Receives one line for people about what is being done. */
export type Progress = (line: string) => void;

/** What one way of getting an engine came to: the engine, or why it has none to give. */
export type Attempt = { readonly engine: Engine } | { readonly refused: string };

/** Says that no engine could be found, fetched or built, with every way that was tried and the remedy. */
export class EngineUnavailableError extends Error {
  readonly code = "SPACELIFT_ENGINE_UNAVAILABLE";

  constructor(
    readonly tried: readonly { readonly way: string; readonly refused: string }[],
    remedy: string,
  ) {
    const lines = tried.map(({ way, refused }) => `  - ${way}: ${refused}`);
    super(`no Pulumi CLI found\n${lines.join("\n")}\n${remedy}`);
    this.name = "EngineUnavailableError";
  }
}
