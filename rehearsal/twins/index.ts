export { SIMULATED_API_SERVER } from "./network";
export { startTwins, type TwinHost, type TwinOptions } from "./host";
export { type Fault, openWorld, type Operation, type ServedOperation, World } from "./framework";
