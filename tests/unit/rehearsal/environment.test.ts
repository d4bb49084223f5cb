import assert from "node:assert/strict";
import { rehearsalVariables } from "../../../rehearsal/environment";
import { stackIn } from "../../../rehearsal/command";

const parts = {
  path: ["/engine/bin"],
  home: "/home",
  state: "/state",
  real: [] as readonly string[],
  twins: { env: { PULUMI_DEBUG_PROVIDERS: "random:1" }, path: ["/twins/bin"] },
};

describe("the variables of a rehearsal", () => {
  const base = { PATH: "/usr/bin", PULUMI_ACCESS_TOKEN: "operator", KUBECONFIG: "/operator", HOME: "/me" };

  it("lead to the simulated providers, and to nothing of the operator's", () => {
    const variables = rehearsalVariables(parts, base);
    assert.equal(variables["PULUMI_ACCESS_TOKEN"], undefined);
    assert.ok("PULUMI_ACCESS_TOKEN" in variables);
    assert.ok("KUBECONFIG" in variables && variables["KUBECONFIG"] === undefined);
    assert.ok(!("HOME" in variables));
    assert.equal(variables["PULUMI_DEBUG_PROVIDERS"], "random:1");
    assert.equal(variables["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"], "true");
    assert.equal(variables["PULUMI_BACKEND_URL"], "file:///state?metadata=skip");
    assert.equal(variables["PATH"], "/engine/bin:/twins/bin:/usr/bin");
  });

  it("leave a real provider to its plugin and to the operator's environment", () => {
    const variables = rehearsalVariables({ ...parts, real: ["kubernetes"] }, base);
    assert.ok(!("KUBECONFIG" in variables));
    assert.equal(variables["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"], undefined);
  });
});

describe("stackIn", () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ["pulumi up -s onprem", "onprem"],
    ["npx spacelift status --stack aks --json", "aks"],
    ["pulumi preview --stack=aks", "aks"],
    ["pulumi preview -saks", "aks"],
    ["node deploy.mjs", undefined],
  ];
  for (const [command, stack] of cases) {
    it(`finds ${stack ?? "none"} in \`${command}\``, () => {
      assert.equal(stackIn(command.split(" ")), stack);
    });
  }
});
