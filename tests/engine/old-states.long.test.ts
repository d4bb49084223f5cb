import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import packageFile from "../../package.json";
import type { StateResource } from "../../engine/protocol";
import { openWorld } from "../../rehearsal/twins";
import { addExisting } from "../../rehearsal/twins/azure/existing";
import { slots } from "../../rehearsal/twins/azure/registry/servers";
import { repository } from "../support/packed";
import { type RecordedState, record, restore, stateIn } from "../support/recorded-state";
import {
  changeCount,
  RehearsedStack,
  type RehearsedStackOptions,
  type Step,
} from "../support/rehearsed-stack";
import { engineTimeout, operationTimeout, sharedEngine } from "./support";

/** Variable that has the states of the present version recorded anew: when a release is made. */
const isRecording = process.env["UPDATE_STATES"] === "true";

const present = packageFile.version;
const folder = join(__dirname, "../states");

interface Installation extends Pick<RehearsedStackOptions, "stack" | "config" | "secrets"> {
  /** The port of its registry, below those that rehearsals choose from: the state has it in secrets, where it cannot be changed. */
  readonly registryPort?: number;
  /** Ids of what is there before, and where it is. */
  readonly existing?: Readonly<Record<string, string>>;
}

const corporate = (type: string): string =>
  `/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/corporate/providers/Microsoft.${type}`;
const given = {
  address: corporate("Network/publicIPAddresses/spacelift"),
  zone: corporate("Network/dnsZones/mycompany.com"),
  privateZone: corporate("Network/privateDnsZones/spacelift.private.postgres.database.azure.com"),
  registry: corporate("ContainerRegistry/registries/corporateregistry"),
  account: corporate("Storage/storageAccounts/corporatedata"),
  workspace: corporate("OperationalInsights/workspaces/platform"),
} as const;

/** The installations whose state a version leaves behind: both examples, and each target with other choices. */
const installations: Readonly<Record<string, Installation>> = {
  onprem: { stack: "onprem" },
  "onprem-options": {
    stack: "onprem",
    config: {
      version: "v3.7.0",
      ingress: { mode: "traefik", address: "192.0.2.10" },
      tls: { mode: "selfSigned" },
      vcsGateway: { domain: "vcs-gateway.spacelift.example.com" },
      mqtt: { domain: "mqtt.spacelift.example.com", serviceType: "LoadBalancer" },
      telemetry: { vendor: "Datadog", agentHost: "datadog-agent.datadog.svc" },
      usageReporting: true,
      proxy: { https: "http://proxy.example.com:3128", noProxy: ["10.244.0.0/16"] },
      buckets: { createBinaries: true },
      "workers.apiKeyId": "01HX0000000000000000000000",
    },
    secrets: { workerApiKeySecret: "an-api-key-secret" },
  },
  aks: { stack: "aks", registryPort: 19_511 },
  "aks-existing": {
    stack: "aks",
    registryPort: 19_512,
    existing: {
      [given.address]: "polandcentral",
      [given.zone]: "global",
      [given.privateZone]: "global",
      [given.registry]: "polandcentral",
      [given.account]: "polandcentral",
      [given.workspace]: "polandcentral",
    },
    config: {
      "aks.size": "ha",
      "aks.network.publicIpId": given.address,
      "aks.network.privateDnsZoneId": given.privateZone,
      "aks.dns.zoneId": given.zone,
      "tls.challenge": "dns01",
      "aks.registry.id": given.registry,
      "aks.storage.accountId": given.account,
      "aks.cluster.logAnalyticsWorkspaceId": given.workspace,
    },
  },
};

/** Kinds that a later version may take away or make anew: they hold nothing, and pods go on without them for a moment. */
const expendable: readonly string[] = [
  "command:local:Command",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  "kubernetes:policy/v1:PodDisruptionBudget",
];

// The variables of the services: another value is another Secret, and the old one goes when the pods have left it.
const isExpendable = ({ urn, type, inputs }: StateResource): boolean =>
  expendable.includes(type) ||
  (type === "kubernetes:core/v1:Secret" && inputs?.["immutable"] === true) ||
  // Up to 0.1.0 on the whole of a given storage account; those on the containers come first.
  (urn.endsWith("::platform-backend-role") && String(inputs?.["scope"]).endsWith("/corporatedata"));

/** What must not happen to a stack that a version left behind. */
function harm(steps: readonly Step[], before: readonly StateResource[]): string[] {
  const known = new Map(before.map((resource) => [resource.urn, resource]));
  return steps
    .filter(({ op }) => /replace|delete|discard/.test(op))
    .filter(({ urn }) => {
      const resource = known.get(urn);
      return resource !== undefined && (resource.protect === true || !isExpendable(resource));
    })
    .map(({ op, type, name }) => `${op} ${type} ${name}`);
}

const fileOf = (version: string, name: string): string => join(folder, version, `${name}.json`);

const open = async (options: Omit<RehearsedStackOptions, "engine">): Promise<RehearsedStack> =>
  RehearsedStack.open({ ...options, engine: await sharedEngine() });

/** Leads through one rehearsal in a folder that goes with it. */
async function inFolder(work: (dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "spacelift-states-"));
  try {
    await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Texts in secret outputs and settings of a stack, which its record must not show. */
function secretTexts(value: unknown): string[] {
  if (typeof value === "string") return value.length < 12 ? [] : [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(secretTexts);
}

async function recordPresent(
  name: string,
  { registryPort, existing, ...options }: Installation,
): Promise<void> {
  await inFolder(async (dir) => {
    const stack = await open({ ...options, dir });
    const world = openWorld(stack.folders.world);
    if (registryPort !== undefined)
      world.change((state) => {
        slots.of(state).set(String(registryPort), { port: registryPort });
      });
    for (const [id, location] of Object.entries(existing ?? {})) addExisting(world, id, { location });
    try {
      await stack.up();
      const text = JSON.stringify(await record(options.stack, stack, dir), undefined, 1);
      const [shown, clear] = [await stack.outputs(), await stack.outputs({ showSecrets: true })];
      const secret = Object.keys(clear).filter(
        (key) => shown[key] !== clear[key] && shown[key] === "[secret]",
      );
      assert.ok(secret.includes("adminPassword"));
      for (const each of [
        ...secret.flatMap((key) => secretTexts(clear[key])),
        ...secretTexts(options.secrets),
      ])
        assert.ok(!text.includes(JSON.stringify(each).slice(1, -1)), "a secret is not encrypted");
      const file = fileOf(present, name);
      await mkdir(join(folder, present), { recursive: true });
      await writeFile(file, `${text}\n`);
    } finally {
      await stack.close();
    }
  });
}

describe("a stack that an earlier version left behind", function () {
  this.timeout(operationTimeout);

  before(async function () {
    this.timeout(engineTimeout);
    await sharedEngine();
    if (!isRecording) return;
    for (const [name, installation] of Object.entries(installations)) await recordPresent(name, installation);
  });

  it("is recorded for the present version, too", () => {
    const missing = Object.keys(installations).filter((name) => !existsSync(fileOf(present, name)));
    assert.deepEqual(missing, [], 'record them: see "Release a version" in CONTRIBUTING.md');
  });

  for (const version of readdirSync(folder)) {
    for (const file of readdirSync(join(folder, version))) {
      const read = async (): Promise<string> => readFile(join(folder, version, file), "utf8");

      it(`says nothing of the machine that recorded it: ${version}, ${file}`, async () => {
        const text = await read();
        for (const place of [repository, tmpdir(), homedir(), process.execPath])
          assert.ok(!text.includes(`${place}/`), place);
        assert.doesNotMatch(text, /[":](\/(root|home|Users|tmp|work|private)\/)/);
        assert.doesNotMatch(text, /PRIVATE KEY/);
        assert.ok(text.length < 1_000_000, `${text.length} characters`);
      });

      it(`comes up under the present program and keeps what it has: ${version}, ${file}`, () =>
        inFolder(async (dir) => {
          const recorded = JSON.parse(await read()) as RecordedState;
          const { stack } = recorded;
          const rehearsed = await open({ dir, stack, configText: await restore(recorded, dir) });
          try {
            const state = stateIn(recorded, dir);
            await rehearsed.importState(state);
            const { steps } = await rehearsed.up();
            assert.deepEqual(harm(steps, state.deployment.resources ?? []), []);
            assert.equal(changeCount(await rehearsed.preview()), 0);
          } finally {
            await rehearsed.close();
          }
        }));
    }
  }
});
