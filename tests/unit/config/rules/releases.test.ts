import assert from "node:assert/strict";
import { parseConfig } from "../../../../config/parse";
import { untriedVersions } from "../../../../config/rules/releases";
import { configured, raw } from "../../../support/configurations";
import { problemsOf, rejects, wrongFrom } from "../../../support/wrong-configurations";

const wrong = wrongFrom(configured);
const gateway = { vcsGateway: { domain: "vcs.example.com" }, ingress: { controller: "traefik" } };
const apiKey = { workers: { apiKeyId: "01HX" } };
const keySecret = { workerApiKeySecret: "planted" };
const pinned = (spacelift?: string, workerController?: string): Record<string, unknown> => ({
  charts: { spacelift: { version: spacelift }, workerController: { version: workerController } },
});

describe("rules of releases and charts", () => {
  rejects([
    wrong(
      "a release that only runs on AWS",
      { version: "v2.6.1" },
      "`spacelift:version`: must be v3.0.0 or newer: older releases need the services of AWS, got v2.6.1; run `pulumi config set spacelift:version v3.0.0`",
    ),
    wrong(
      "a VCS gateway before there was one",
      { version: "v3.3.0", ...gateway },
      "`spacelift:vcsGateway`: the VCS gateway came with Spacelift v3.4.0, and `version` is v3.3.0; run `pulumi config set spacelift:version v3.4.0` or a newer release, or run `pulumi config rm spacelift:vcsGateway`",
    ),
    wrong(
      "an API key of pools before there was one",
      { version: "v3.6.0", ...apiKey },
      "`spacelift:workers.apiKeyId`: registration of pools by an API key came with Spacelift v3.7.0, and `version` is v3.6.0; run `pulumi config set spacelift:version v3.7.0` or a newer release, or run `pulumi config rm --path spacelift:workers.apiKeyId`",
      keySecret,
    ),
    wrong(
      "options of a scheduler that the release has not",
      { version: "v6.4.0", services: { scheduler: { replicas: 2 } } },
      "`spacelift:services.scheduler`: has no effect: in v6.4.0 the drain does the scheduler's work; run `pulumi config rm --path spacelift:services.scheduler`",
    ),
    wrong(
      "options of a scheduler whose work the drain is told to do",
      { version: "v6.2.0", services: { scheduler: { nodeSelector: { a: "b" } } }, ...pinned("0.99.0") },
      "`spacelift:services.scheduler`: has no effect: in v6.2.0 the drain does the scheduler's work; run `pulumi config rm --path spacelift:services.scheduler`",
    ),
    wrong(
      "a chart with other names",
      pinned("0.40.0"),
      "`spacelift:charts.spacelift.version`: must be 0.43.0 or newer: older charts give the services other names, got 0.40.0; run `pulumi config rm --path spacelift:charts.spacelift.version`, as 0.62.0 fits v3.0.0",
    ),
    wrong(
      "a chart that would ignore the gateway",
      { version: "v6.4.0", ...gateway, ...pinned("0.55.0") },
      "`spacelift:charts.spacelift.version`: must be 0.56.0 or newer: older charts have no VCS gateway, got 0.55.0; run `pulumi config rm --path spacelift:charts.spacelift.version`, as 0.71.0 fits v6.4.0",
    ),
    wrong(
      "a controller that would ignore values",
      { version: "v6.4.0", ...pinned(undefined, "v0.61.0") },
      "`spacelift:charts.workerController.version`: must be 0.62.0 or newer: older charts ignore what keeps runs from node drains, and some what pools register with, got v0.61.0; run `pulumi config rm --path spacelift:charts.workerController.version`, as 0.71.0 fits v6.4.0",
    ),
    wrong(
      "the version of a chart that lies on disk",
      { charts: { spacelift: { chart: "./chart", version: "0.62.0" } } },
      "`spacelift:charts.spacelift.version`: has no effect: a local chart has the version it has; run `pulumi config rm --path spacelift:charts.spacelift.version`",
    ),
  ]);

  for (const [title, settings, secrets] of [
    ["a gateway and an API key where they exist", { version: "v3.7.0", ...gateway, ...apiKey }, keySecret],
    ["the oldest charts that obey", pinned("0.43.0", "0.62.0"), {}],
    ["a scheduler where there is one", { version: "v6.3.0", services: { scheduler: { replicas: 2 } } }, {}],
    [
      "any controller where there is none",
      { workers: { enabled: false }, ...pinned(undefined, "0.10.0") },
      {},
    ],
    ["a release and charts nobody knows yet", { version: "v8.1.0", ...pinned("1.2.0", "1.2.0") }, {}],
  ] as const) {
    it(`accepts ${title}`, () => {
      assert.deepEqual(problemsOf(configured(settings, secrets)), []);
    });
  }
});

describe("untriedVersions", () => {
  const untried = (settings: Record<string, unknown>): readonly string[] => {
    const { settings: parsed } = parseConfig(raw(configured(settings)));
    assert.ok(parsed);
    return untriedVersions(parsed);
  };

  it("is silent about what the table knows", () => {
    assert.deepEqual(untried({ version: "v6.5.3", ...pinned("0.71.0", "0.70.0") }), []);
  });

  it("says which release and which charts are newer than the table", () => {
    const [release, ...rest] = untried({ version: "v6.6.0", ...pinned("0.72.0", "0.73.0") });
    assert.match(release ?? "", /^version v6\.6\.0 is newer than v6\.5\.0.*charts 0\.71\.0 included/);
    assert.deepEqual(rest, [
      "charts.spacelift.version 0.72.0 is newer than 0.71.0, the newest that is known here",
      "charts.workerController.version 0.73.0 is newer than 0.71.0, the newest that is known here",
    ]);
  });
});
