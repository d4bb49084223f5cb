import { type SpaceliftOutputs, program } from "./program";

/** The program of `pulumi up`. */
export = (): Promise<SpaceliftOutputs> => program({ projectDirectory: process.cwd() });
