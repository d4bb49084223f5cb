import { type Problem, removeCommand, setCommand } from "../problems";
import { workerPoolCredentialsSchema } from "../secret-formats";
import { type Rule, missingSecret, uselessKey } from "./rule";
import { poolSpecs } from "./worker-pool-spec";

const poolNames: Rule = ({ workers, namespace }, secrets) => {
  if (!workers) return [];
  const problems: Problem[] = [];
  const names = workers.pools.map((pool) => pool.name);
  names.forEach((name, index) => {
    if (names.indexOf(name) < index) {
      problems.push({
        key: `workers.pools[${index}].name`,
        problem: `must be unique, got "${name}" again`,
        fix: removeCommand(`workers.pools[${index}]`),
      });
    }
  });
  if (workers.enabled && workers.namespace === namespace?.name) {
    problems.push({
      key: "workers.namespace",
      problem: "must be another namespace than Spacelift's own: runs execute code that is not yours",
      fix: setCommand("workers.namespace", "spacelift-workers"),
    });
  }
  for (const name of credentialNames(secrets.workerPoolCredentials)) {
    if (!names.includes(name)) {
      problems.push({
        key: "workerPoolCredentials",
        problem: `holds credentials of "${name}", which is not in \`workers.pools\``,
        fix: setCommand(
          "workers.pools",
          [...names, name].map((each) => ({ name: each })),
        ),
      });
    }
  }
  return problems;
};

function credentialNames(json: string | undefined): string[] {
  if (json === undefined) return [];
  try {
    return Object.keys(workerPoolCredentialsSchema.parse(JSON.parse(json)));
  } catch {
    // The format of the secret is reported where it is read.
    return [];
  }
}

const apiKey: Rule = ({ workers }, secrets) => {
  if (!workers) return [];
  const isOidc = workers.apiKeyType === "oidc";
  if (isOidc && workers.apiKeyId === undefined) {
    return [
      {
        key: "workers.apiKeyId",
        problem: 'is missing: `workers.apiKeyType` is "oidc"',
        fix: setCommand("workers.apiKeyId", "01HX0000000000000000000000"),
      },
    ];
  }
  if (isOidc && secrets.workerApiKeySecret !== undefined) {
    return [uselessKey("workerApiKeySecret", "an OIDC key has no secret")];
  }
  if (!isOidc && workers.apiKeyId !== undefined && secrets.workerApiKeySecret === undefined) {
    const { fix, ...problem } = missingSecret("workerApiKeySecret", "it belongs to `workers.apiKeyId`");
    const oidc = setCommand("workers.apiKeyType", "oidc");
    return [{ ...problem, fix: `${fix}, or ${oidc} for an OIDC key, which has none` }];
  }
  if (workers.apiKeyId === undefined && secrets.workerApiKeySecret !== undefined) {
    return [
      {
        key: "workers.apiKeyId",
        problem: "is missing: `workerApiKeySecret` is the secret of a key without an id",
        fix: setCommand("workers.apiKeyId", "01HX0000000000000000000000"),
      },
    ];
  }
  return [];
};

export const workerRules: readonly Rule[] = [poolNames, poolSpecs, apiKey];
