export type { Fate } from "./fate";
export { operationReport, outputsReport } from "./report";
export type { Paint } from "./tree";
