import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { program } from "../../program";
import { type TwinHost, startTwins } from "../../rehearsal/twins";
import { configured, runnable } from "../support/configurations";
import { engineTimeout, operationTimeout, sharedEngine } from "./support";

describe("the program in the Automation API", function () {
  this.timeout(operationTimeout);
  let folder: string;
  let twins: TwinHost;
  let stack: Stack;

  before(async function () {
    this.timeout(engineTimeout);
    const engine = await sharedEngine();
    folder = await mkdtemp(join(tmpdir(), "spacelift-automation-"));
    await mkdir(join(folder, "state"));
    await writeFile(join(folder, "kubeconfig"), "clusters: []\nusers: []\n");
    twins = await startTwins({ stateDir: join(folder, "world") });
    stack = await LocalWorkspace.createOrSelectStack(
      {
        projectName: "spacelift",
        stackName: "embedded",
        program: () => program({ projectDirectory: folder }),
      },
      {
        workDir: folder,
        pulumiCommand: await PulumiCommand.get({ root: engine.root }),
        projectSettings: {
          name: "spacelift",
          runtime: "nodejs",
          backend: { url: `file://${join(folder, "state")}` },
        },
        envVars: {
          ...twins.env,
          PATH: [...twins.path, process.env["PATH"]].join(delimiter),
          PULUMI_HOME: join(folder, "home"),
          PULUMI_CONFIG_PASSPHRASE: "passphrase",
          PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        },
      },
    );
  });

  after(async () => {
    await twins.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("deploys and gives typed outputs", async () => {
    const { config, secrets } = runnable(
      configured({ onprem: { kubernetes: { kubeconfigPath: "./kubeconfig" } } }),
    );
    const plain = Object.entries(config).map(([key, value]) => {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      return [key, { value: text }] as const;
    });
    const sealed = Object.entries(secrets).map(([key, value]) => [key, { value, secret: true }] as const);
    await stack.setAllConfig(Object.fromEntries([...plain, ...sealed]));
    const { outputs, summary } = await stack.up();
    assert.equal(summary.result, "succeeded");
    assert.equal(outputs["url"]?.value, "https://spacelift.example.com");
    assert.equal(outputs["adminPassword"]?.secret, true);
  });
});
