import { type Finding, type FindingName, failed, warning } from "../../check";
import { setCommand } from "../../../../config/problems";
import { secretKeys } from "../../../../config/secrets";
import type { Settings } from "../../../../config/settings";
import type { ConnectionProblem } from "../../../../peers/connection-problem";
import type { DatabaseAddress } from "./address";
import type { Connection } from "./connect";

type Refused = Extract<Connection, { readonly refusal: unknown }>;

/** Which of the two databases a connection was to. */
export interface Wanted {
  /** Prefix of the ids of findings. */
  readonly prefix: "database" | "database.replica";
  /** For people. */
  readonly subject: string;
  readonly key: "databaseUrl" | "databaseReadOnlyUrl";
  readonly target: Settings["target"];
  readonly address: DatabaseAddress;
}

/** Says why a database did not let the services in, and what helps. */
export function refused({ at, refusal }: Refused, wanted: Wanted): Finding {
  const { prefix, subject } = wanted;
  const it = (aspect: string, title: string): FindingName => ({ id: `${prefix}.${aspect}`, title });
  switch (refusal.kind) {
    case "network":
      return warning(
        it("reachable", `Connection to the ${subject}`),
        `${at} ${refusal.reason}`,
        `see that the ${subject} is up and \`${wanted.key}\` right; if only the cluster reaches it, see that the pods do`,
      );
    case "certificate":
      return failed(
        it("certificate", `Certificate of the ${subject}`),
        `${at} ${refusal.reason}`,
        certificateFix(refusal, wanted.target),
      );
    case "server": {
      const name = it("login", `Login to the ${subject}`);
      const [said, fix, mayDiffer] = explain(refusal.code, refusal.reason, wanted);
      // What the server holds against this machine it need not hold against the pods.
      return (mayDiffer ? warning : failed)(name, `${at} refuses ${wanted.address.user}: ${said}`, fix);
    }
  }
}

function certificateFix({ untrusted, reason }: ConnectionProblem, target: Settings["target"]): string {
  if (reason === "offers no TLS") {
    return "switch TLS on in the server (`ssl = on`), or choose another `sslmode`";
  }
  if (!untrusted) {
    return "give the server a valid certificate for the name in the URL, or `sslmode=verify-ca` when only the name differs";
  }
  return target === "onprem"
    ? setCommand("onprem.database.caCertificate", "./postgres-ca.pem")
    : "give the server a certificate of a public CA, or `sslmode=require`, which verifies nothing";
}

function explain(
  code: string,
  message: string,
  { key, address }: Wanted,
): readonly [said: string, fix: string, mayDiffer: boolean] {
  const { fix } = secretKeys[key];
  switch (code) {
    case "28P01":
      return ["the password is wrong", fix, false];
    case "28000":
      return /pg_hba/.test(message)
        ? [
            message,
            "add a line for the pods' addresses to pg_hba.conf; it may lack one for this machine alone",
            true,
          ]
        : [message, `create the role, with LOGIN, or ${fix}`, false];
    case "3D000":
      return [
        message,
        `run \`CREATE DATABASE "${address.database}" OWNER "${address.user}"\`, or ${fix}`,
        false,
      ];
    case "53300":
      return [message, "raise `max_connections`, or end connections that idle", true];
    case "57P03":
      return [message, "try again when the server has started", true];
    default:
      return [message, `see the server's log, or ${fix}`, false];
  }
}
