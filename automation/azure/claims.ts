import { z } from "zod";
import { jwtPayload } from "../../peers/json";

/** Whom a token speaks for. */
export interface Account {
  readonly tenantId: string;
  /** Object id of the user, service principal or managed identity. */
  readonly objectId: string;
  /** Login of a user, application id of anything else; empty when the token names neither. */
  readonly name: string;
  readonly type: "User" | "ServicePrincipal";
  readonly expires: Date;
}

const claims = z.object({
  tid: z.string(),
  oid: z.string(),
  exp: z.number(),
  idtyp: z.string().optional(),
  appid: z.string().optional(),
  upn: z.string().optional(),
  unique_name: z.string().optional(),
});

/** Reads the claims of a token for Azure Resource Manager; undefined for one that holds none. */
export function readAccount(token: string): Account | undefined {
  const { data } = claims.safeParse(jwtPayload(token));
  if (data === undefined) return undefined;
  const login = data.upn ?? data.unique_name;
  return {
    tenantId: data.tid,
    objectId: data.oid,
    name: login ?? data.appid ?? "",
    type: data.idtyp === "app" || login === undefined ? "ServicePrincipal" : "User",
    expires: new Date(data.exp * 1000),
  };
}
