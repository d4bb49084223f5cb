export { engineCacheFolder } from "./cache";
export { runCommand, type CommandOptions, type CommandResult } from "./command";
export { EngineUnavailableError, type Engine, type Progress } from "./engine";
export { ensureEngine, type EnsureEngineOptions, type EngineWays } from "./ensure";
