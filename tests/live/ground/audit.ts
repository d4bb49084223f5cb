import { readFile } from "node:fs/promises";

/** What somebody asked an API server to do: what RBAC would have to allow. */
export interface ApiRequest {
  readonly verb: string;
  /** API group; empty for the core. */
  readonly group: string;
  /** With its subresource, as `pods/log`. */
  readonly resource: string;
  /** Left out for what belongs to none, and for a look at all of them. */
  readonly namespace?: string;
}

interface AuditEvent {
  readonly verb: string;
  /** Absent for what is no resource, as `/version`. */
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace?: string;
  };
  readonly responseStatus?: { readonly code?: number };
}

/** A policy that notes the requests of one user, without what they hold. */
export const auditPolicy = (user: string): object => ({
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  // Whether it was allowed is decided later; watches are noted once they begin.
  omitStages: ["RequestReceived"],
  rules: [{ level: "Metadata", users: [user] }, { level: "None" }],
});

/** The log of an API server under {@link auditPolicy}. */
export class AuditLog {
  constructor(readonly path: string) {}

  /** How far it goes by now. */
  async length(): Promise<number> {
    return (await this.lines()).length;
  }

  /** The different requests for resources since a place in the log. */
  async since(start: number): Promise<readonly ApiRequest[]> {
    const events = (await this.lines()).slice(start).map((line) => JSON.parse(line) as AuditEvent);
    const requests = events.flatMap(({ verb, objectRef, responseStatus }): ApiRequest[] => {
      if (objectRef === undefined) return [];
      const { apiGroup = "", resource, subresource, namespace } = objectRef;
      // A namespace is said to be in itself.
      const isInside = namespace !== undefined && resource !== "namespaces";
      // A patch that makes the object takes the right to make it as well, which is asked for within.
      const verbs = verb === "patch" && responseStatus?.code === 201 ? [verb, "create"] : [verb];
      return verbs.map((each) => ({
        verb: each,
        group: apiGroup,
        resource: subresource === undefined ? resource : `${resource}/${subresource}`,
        ...(isInside && { namespace }),
      }));
    });
    return [...new Map(requests.map((request) => [JSON.stringify(request), request])).values()];
  }

  private async lines(): Promise<readonly string[]> {
    return (await readFile(this.path, "utf8")).split("\n").filter((line) => line !== "");
  }
}
