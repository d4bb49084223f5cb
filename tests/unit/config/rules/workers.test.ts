import assert from "node:assert/strict";
import { parseConfig } from "../../../../config/parse";
import { configured, raw } from "../../../support/configurations";
import { prompt, rejects, wrongFrom, wrongSecretFrom } from "../../../support/wrong-configurations";

const wrong = wrongFrom(configured);
const wrongSecret = wrongSecretFrom(configured);

describe("rules of the workers", () => {
  rejects([
    wrong(
      "two pools of one name",
      { workers: { pools: [{ name: "default" }, { name: "default" }] } },
      "`spacelift:workers.pools[1].name`: must be unique, got \"default\" again; run `pulumi config rm --path 'spacelift:workers.pools[1]'`",
    ),
    wrong(
      "workers beside Spacelift",
      { workers: { namespace: "spacelift" } },
      "`spacelift:workers.namespace`: must be another namespace than Spacelift's own: runs execute code that is not yours; run `pulumi config set --path spacelift:workers.namespace spacelift-workers`",
    ),
    wrong(
      "a field that a WorkerPool does not have",
      { workers: { pools: [{ name: "default", spec: { pod: { initContainer: { volumesMounts: [] } } } }] } },
      "`spacelift:workers.pools[0].spec.pod.initContainer.volumesMounts`: is not a known key, did you mean `volumeMounts`; run `pulumi config rm --path 'spacelift:workers.pools[0].spec.pod.initContainer.volumesMounts'`",
    ),
    wrong(
      "a mount without a path",
      {
        workers: {
          pools: [{ name: "default", spec: { pod: { workerContainer: { volumeMounts: [{ name: "a" }] } } } }],
        },
      },
      "`spacelift:workers.pools[0].spec.pod.workerContainer.volumeMounts[0].mountPath`: must be a string that is not empty; run `pulumi config set --path 'spacelift:workers.pools[0].spec.pod.workerContainer.volumeMounts[0].mountPath' '<mountPath>'`",
    ),
    wrong(
      "volumes that are no list",
      { workers: { pools: [{ name: "default", spec: { pod: { volumes: { name: "a" } } } }] } },
      '`spacelift:workers.pools[0].spec.pod.volumes`: must be a list; set `volumes: [{"name":"<name>"}]` there in the stack file',
    ),
    wrong(
      "an API key without its secret",
      { workers: { apiKeyId: "01HX" } },
      `\`spacelift:workerApiKeySecret\`: is missing: it belongs to \`workers.apiKeyId\`; ${prompt("workerApiKeySecret")}, or run \`pulumi config set --path spacelift:workers.apiKeyType oidc\` for an OIDC key, which has none`,
    ),
    wrong(
      "an OIDC key without an id",
      { workers: { apiKeyType: "oidc" } },
      '`spacelift:workers.apiKeyId`: is missing: `workers.apiKeyType` is "oidc"; run `pulumi config set --path spacelift:workers.apiKeyId 01HX0000000000000000000000`',
    ),
    wrongSecret(
      "the secret of an API key without an id",
      { workerApiKeySecret: "planted" },
      "`spacelift:workers.apiKeyId`: is missing: `workerApiKeySecret` is the secret of a key without an id; run `pulumi config set --path spacelift:workers.apiKeyId 01HX0000000000000000000000`",
    ),
    wrongSecret(
      "credentials of a pool nobody described",
      { workerPoolCredentials: JSON.stringify({ gpu: { token: "dG9rZW4=", privateKey: "a2V5" } }) },
      '`spacelift:workerPoolCredentials`: holds credentials of "gpu", which is not in `workers.pools`; set `pools: [{"name":"gpu"}]` there in the stack file',
    ),
  ]);

  it("takes an OIDC key without a secret, and refuses one", () => {
    const settings = { version: "v4.0.0", workers: { apiKeyType: "oidc", apiKeyId: "01HX" } };
    const problems = (secrets: Record<string, string>): readonly object[] =>
      parseConfig(raw(configured(settings, secrets))).problems;
    assert.deepEqual(problems({}), []);
    assert.deepEqual(problems({ workerApiKeySecret: "planted" }), [
      {
        key: "workerApiKeySecret",
        problem: "has no use: an OIDC key has no secret",
        fix: "run `pulumi config rm spacelift:workerApiKeySecret`",
      },
    ]);
  });

  it("leaves the fields to a chart of another version, and takes what a WorkerPool has", () => {
    const spec = { pod: { volumes: [{ name: "a", emptyDir: {} }], somethingNew: true } };
    const settings = {
      workers: { pools: [{ name: "default", spec }] },
      charts: { workerController: { version: "9.0.0" } },
    };
    assert.deepEqual(parseConfig(raw(configured(settings))).problems, []);
  });
});
