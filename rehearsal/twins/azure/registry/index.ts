import { registry } from "./registry";

/** The types of Microsoft.ContainerRegistry. */
export const registryTypes = [registry];
