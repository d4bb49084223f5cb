import { lookup } from "node:dns/promises";

/** Gives the addresses of a host name; none when it does not exist. Rejects when nobody can be asked. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

/** Asks as every other program of this machine would, its hosts file included. */
export const systemResolver: ResolveHost = async (host) => {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOTFOUND") return [];
    throw error;
  }
};
