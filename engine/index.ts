export { engineCacheFolder } from "./cache";
export { EngineUnavailableError, type Engine, type Progress } from "./engine";
export { ensureEngine, type EnsureEngineOptions, type EngineWays } from "./ensure";
