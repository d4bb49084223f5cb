export { engineCacheFolder } from "./installed";
export { EngineUnavailableError, type Engine, type Progress } from "./engine";
export { ensureEngine, type EnsureEngineOptions, type EngineWays } from "./ensure";
