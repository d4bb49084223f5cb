import { privateZone, virtualNetworkLink } from "./private-zone";
import { publicZone, recordSet } from "./public-zone";

/** The types of private and public DNS. */
export const dnsTypes = [privateZone, virtualNetworkLink, publicZone, recordSet];
