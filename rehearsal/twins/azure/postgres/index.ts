import { administrator, configuration, database } from "./children";
import { server } from "./server";

/** The types of Microsoft.DBforPostgreSQL. */
export const postgresTypes = [server, database, configuration, administrator];
