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
