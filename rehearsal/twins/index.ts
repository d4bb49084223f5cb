export { startTwins, type TwinHost, type TwinOptions } from "./host";
export { type Fault, openWorld, type Operation, World } from "./framework";
