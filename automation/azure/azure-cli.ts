import { z } from "zod";
import type { CloudEndpoints } from "./http";
import { CredentialProblem, type Env } from "./credentials";
import { parseJson } from "../../peers/json";
import { isNoCommand, runCommand } from "../../peers/run-command";

/** What a token of the Azure CLI is asked for. */
export interface CliTokenOptions {
  readonly endpoints: CloudEndpoints;
  readonly subscriptionId: string;
  /** @default - that of the subscription */
  readonly tenantId: string | undefined;
  readonly env: Env;
  readonly signal: AbortSignal;
}

const account = z.object({ environmentName: z.string() });
const accessToken = z.object({ accessToken: z.string().min(1) });

/**
 * Gets a token from the Azure CLI, with the commands that Pulumi's provider uses.
 *
 * @throws CredentialProblem
 */
export async function cliToken(options: CliTokenOptions): Promise<string> {
  const { endpoints, subscriptionId, tenantId } = options;
  const { environmentName } = account.parse(
    await az(["account", "show", "--subscription", subscriptionId], options),
  );
  if (environmentName !== endpoints.name) {
    throw new CredentialProblem(
      "cloud",
      `the Azure CLI works with the cloud ${environmentName}, the configuration with ${endpoints.name}`,
      `run \`az cloud set --name ${endpoints.name}\` and \`az login\``,
    );
  }
  const args = ["--resource", endpoints.resourceManager, "--subscription", subscriptionId];
  if (tenantId !== undefined) args.push("--tenant", tenantId);
  return accessToken.parse(await az(["account", "get-access-token", ...args], options)).accessToken;
}

async function az(args: readonly string[], options: CliTokenOptions): Promise<unknown> {
  const { env, signal } = options;
  // On Windows it is a batch file, which only a shell runs. The ids have been checked to be ids.
  const how = { env: { ...env }, signal, shell: process.platform === "win32" };
  const { code, stdout, stderr } = await runCommand("az", [...args, "--output", "json"], how).catch(
    (error: unknown) => {
      throw isNoCommand(error) ? notInstalled(options) : error;
    },
  );
  if (signal.aborted) throw new Error("given up");
  if (code === 0) return parseJson(stdout);
  throw code === NOT_FOUND ? notInstalled(options) : cliProblem(stderr, options);
}

/** How a shell says that there is no such command. */
const NOT_FOUND = 127;

const loginCommand = ({ tenantId }: CliTokenOptions): string =>
  `run \`az login${tenantId === undefined ? "" : ` --tenant ${tenantId}`}\``;

const notInstalled = (options: CliTokenOptions): CredentialProblem =>
  new CredentialProblem(
    "none",
    "no credentials: none of ARM_CLIENT_SECRET, ARM_CLIENT_CERTIFICATE_PATH, ARM_USE_OIDC and ARM_USE_MSI is set, and the Azure CLI is not installed",
    `install the Azure CLI and ${loginCommand(options)}, or set ARM_CLIENT_ID, ARM_TENANT_ID and ARM_CLIENT_SECRET`,
  );

function cliProblem(stderr: string, options: CliTokenOptions): CredentialProblem {
  const { subscriptionId } = options;
  const login = loginCommand(options);
  const said = stderr.replace(/^(?:ERROR|WARNING): /gm, "").trim();
  if (/az login|AADSTS(?:70043|700082|50173|50076|50078|50079|530084)\b/.test(said)) {
    const [code] = /AADSTS\d+/.exec(said) ?? [];
    const reason =
      code === undefined ? "the Azure CLI is not logged in" : `the Azure CLI's login has ended (${code})`;
    return new CredentialProblem("notLoggedIn", reason, login);
  }
  if (/subscription .*(?:not found|doesn't exist|not recognized)/is.test(said)) {
    return new CredentialProblem(
      "subscription",
      `the Azure CLI's login does not know the subscription ${subscriptionId}`,
      `run \`az login --tenant <tenant of the subscription>\`, and see with \`az account list --refresh --output table\` what it knows`,
    );
  }
  const [line = ""] = said.split("\n");
  return new CredentialProblem(
    "refused",
    `the Azure CLI gave no token: ${line === "" ? "it did not say why" : line.replace(/\.$/, "")}`,
    `run \`az account get-access-token --subscription ${subscriptionId} --query expiresOn\` to see why; ${login}`,
  );
}
