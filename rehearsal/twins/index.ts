export { SIMULATED_API_SERVER } from "./network";
export { startTwins, type TwinHost, type TwinOptions } from "./host";
export {
  type Attempt,
  type Fault,
  type FaultSource,
  type FaultStage,
  openWorld,
  type Operation,
  type ServedCall,
  type ServedOperation,
  TwinError,
  World,
} from "./framework";
