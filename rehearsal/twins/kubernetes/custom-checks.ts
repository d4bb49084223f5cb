import { at, type Failure, isProperties, objectAt, type Properties, stringAt, Unknown } from "../framework";

const ISSUER_KINDS: readonly string[] = ["acme", "ca", "selfSigned", "vault", "venafi"];

/** Checks that an issuer has exactly one way of issuing, and what that way needs. */
export function checkIssuer(inputs: Properties): Failure[] {
  const spec = objectAt(inputs, "spec");
  const kinds = ISSUER_KINDS.filter((kind) => spec[kind] !== undefined);
  if (kinds.length === 0)
    return [
      {
        property: "spec",
        reason: `Required value: must be configured with one of ${ISSUER_KINDS.join(", ")}`,
      },
    ];
  if (kinds.length > 1)
    return [
      {
        property: "spec",
        reason: `Forbidden: may not specify more than one issuer type: ${kinds.join(", ")}`,
      },
    ];
  const failures: Failure[] = [];
  if (spec["acme"] !== undefined) {
    failures.push(
      ...requireAt(inputs, ["spec", "acme", "server"]),
      ...requireAt(inputs, ["spec", "acme", "privateKeySecretRef", "name"]),
    );
  }
  if (spec["ca"] !== undefined) failures.push(...requireAt(inputs, ["spec", "ca", "secretName"]));
  return failures;
}

/** Checks that a Certificate names its Secret, its issuer and at least one subject. */
export function checkCertificate(inputs: Properties): Failure[] {
  const failures = [
    ...requireAt(inputs, ["spec", "secretName"]),
    ...requireAt(inputs, ["spec", "issuerRef", "name"]),
  ];
  const subjects = ["commonName", "dnsNames", "ipAddresses", "uris", "emailAddresses"];
  if (!subjects.some((subject) => at(inputs, "spec", subject) !== undefined)) {
    failures.push({
      property: "spec",
      reason: `Required value: at least one of ${subjects.join(", ")} must be set`,
    });
  }
  return failures;
}

/** Checks the rules that the definition of WorkerPool carries. */
export function checkWorkerPool(inputs: Properties): Failure[] {
  const spec = objectAt(inputs, "spec");
  const failures: Failure[] = [];
  const { poolSize, token, privateKey, driftDetectionRunLimits: limits } = spec;
  if (
    poolSize !== undefined &&
    !(poolSize instanceof Unknown) &&
    !(Number.isInteger(poolSize) && Number(poolSize) >= 0)
  ) {
    failures.push({ property: "spec.poolSize", reason: "must be a whole number of at least 0" });
  }
  if ((token === undefined) !== (privateKey === undefined)) {
    failures.push({ property: "spec", reason: "token and privateKey must be both set or both left out" });
  }
  for (const part of ["token", "privateKey"]) {
    if (spec[part] === undefined) continue;
    failures.push(
      ...requireAt(inputs, ["spec", part, "secretKeyRef", "name"]),
      ...requireAt(inputs, ["spec", part, "secretKeyRef", "key"]),
    );
  }
  if (isProperties(limits) && (limits["disabled"] === undefined) === (limits["maxRuns"] === undefined)) {
    failures.push({
      property: "spec.driftDetectionRunLimits",
      reason: "exactly one of disabled and maxRuns must be set",
    });
  }
  return failures;
}

function requireAt(inputs: Properties, path: readonly string[]): Failure[] {
  const found = at(inputs, ...path);
  if (found instanceof Unknown || (stringAt(inputs, ...path) ?? "") !== "") return [];
  return [{ property: path.join("."), reason: "Required value" }];
}
