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

/** What a role lets its holder do, as Azure lists it. */
export interface Permission {
  /** Patterns such as `Microsoft.Network/virtualNetworks/*`. */
  readonly actions: readonly string[];
  /** Taken away from {@link actions}, yet not from those of another role. */
  readonly notActions: readonly string[];
}

/** Whether a pattern covers an action: `*` stands for any characters, slashes included, and case does not count. */
export function covers(pattern: string, action: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "is").test(action);
}

/** Whether any of the roles allows an action. */
export const allows = (permissions: readonly Permission[], action: string): boolean =>
  permissions.some(
    ({ actions, notActions }) =>
      actions.some((pattern) => covers(pattern, action)) &&
      !notActions.some((pattern) => covers(pattern, action)),
  );

/** Those of the actions that no role allows. */
export const missingActions = (
  permissions: readonly Permission[],
  actions: readonly string[],
): readonly string[] => actions.filter((action) => !allows(permissions, action));
