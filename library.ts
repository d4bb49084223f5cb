/**
 * The package itself: the components, the program they make up, and its configuration. Nothing happens on import.
 *
 * `…/automation` deploys from another program, `…/rehearsal` simulates what is deployed to.
 */
export * from "./components";
export type { FileLocations } from "./config/files/resolve";
export { type Configuration, configurationOf, type ConfigurationValues } from "./config/load";
export { ConfigError, type Problem } from "./config/problems";
export type { SecretName } from "./config/secrets";
export type { Settings, SettingsInput } from "./config/settings";
export { type DnsRecord, install, program, type SpaceliftOutputs } from "./program";
export { createPlatform } from "./program/platform";
