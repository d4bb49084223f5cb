import { setMaxListeners } from "node:events";
import { ArmClient } from "../../../azure/arm-client";
import { type Account, readAccount } from "../../../azure/claims";
import { type CloudEndpoints, cloudEndpoints } from "../../../azure/clouds";
import { chooseCredential, type CredentialChoice } from "../../../azure/credential-choice";
import { CredentialProblem } from "../../../azure/credential-problem";
import { createSend, type Send } from "../../../azure/http";
import { getToken } from "../../../azure/token";
import type { CompleteAks } from "../../../../config/aks/parts";
import { required } from "../../../../program/required";
import type { Cloud } from "../../../../config/aks/regions";
import type { AksSection } from "../../../../config/aks/settings";
import type { CheckContext } from "../../check";

/** Where Azure is; to be set where it is not Microsoft's. */
export interface AzurePorts {
  /** @default - those of the clouds */
  readonly endpoints?: (cloud: Cloud) => CloudEndpoints;
  /** Certificate authorities to trust in place of the system's, PEM. */
  readonly ca?: string;
}

/** A login to Azure. */
export interface AzureLogin {
  readonly method: CredentialChoice["method"];
  readonly token: string;
  readonly account: Account;
}

/** What a check reads with, and what it looks for. */
export interface AzureAccess {
  readonly arm: ArmClient;
  readonly login: AzureLogin;
  readonly section: AksSection;
  readonly complete: CompleteAks;
  /** `/subscriptions/<id>`. */
  readonly subscription: string;
  /** Id of the main resource group, whether it is there or not. */
  readonly group: string;
}

/** One login to Azure that several checks share. */
export class AzureSession {
  readonly #endpoints: (cloud: Cloud) => CloudEndpoints;
  readonly #ca: string | undefined;
  readonly #send: Send;
  #login: Promise<AzureLogin> | undefined;

  constructor({ endpoints, ca }: AzurePorts = {}) {
    this.#endpoints = endpoints ?? ((cloud) => cloudEndpoints[cloud]);
    this.#ca = ca;
    this.#send = createSend(ca === undefined ? {} : { ca });
  }

  /**
   * Logs in, the first time it is asked.
   *
   * @throws CredentialProblem
   */
  login(context: CheckContext): Promise<AzureLogin> {
    this.#login ??= this.#newLogin(context);
    return this.#login;
  }

  /**
   * Logs in and gives what a check needs.
   *
   * @throws CredentialProblem
   */
  async access(context: CheckContext): Promise<AzureAccess> {
    const section = aksSection(context);
    const complete = required(context.aks, "aks");
    // Every request listens, and a check sends many at once: without a leak, ten are few.
    setMaxListeners(0, context.signal);
    const login = await this.login(context);
    const subscription = `/subscriptions/${section.subscriptionId}`;
    return {
      arm: new ArmClient({
        origin: this.#endpoints(section.cloud).resourceManager,
        token: login.token,
        send: this.#send,
        signal: context.signal,
      }),
      login,
      section,
      complete,
      subscription,
      group: `${subscription}/resourceGroups/${section.resourceGroup.name}`,
    };
  }

  async #newLogin(context: CheckContext): Promise<AzureLogin> {
    const { env, signal } = context;
    const { cloud, subscriptionId } = aksSection(context);
    const choice = chooseCredential(env);
    const http = this.#ca === undefined ? {} : { ca: this.#ca };
    const endpoints = this.#endpoints(cloud);
    const token = await getToken({ choice, endpoints, subscriptionId, env, http, send: this.#send, signal });
    const account = readAccount(token);
    if (account) return { method: choice.method, token, account };
    throw new CredentialProblem(
      "refused",
      "the token does not say whom it speaks for",
      "log in again, or with other credentials",
    );
  }
}

const aksSection = ({ settings }: CheckContext): AksSection => required(settings.aks, "aks");
