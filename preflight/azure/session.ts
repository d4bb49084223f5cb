import { setMaxListeners } from "node:events";
import { ArmClient } from "../../automation/azure/arm-client";
import { type Account, readAccount } from "../../automation/azure/account";
import { type CloudEndpoints, cloudEndpoints, createSend, type Send } from "../../automation/azure/http";
import {
  chooseCredential,
  type CredentialChoice,
  CredentialProblem,
} from "../../automation/azure/credentials";
import { getToken } from "../../automation/azure/token";
import type { CompleteAks } from "../../config/aks/parts";
import type { Cloud } from "../../config/aks/regions";
import type { AksSection } from "../../config/aks/settings";
import { required } from "../../config/problems";
import type { CheckContext } from "../check";
import { type NewParts, newParts } from "./parts";

/** Where Azure is; to be set where it is not Microsoft's. */
export interface AzurePorts {
  /** @default - those of the clouds */
  readonly endpoints?: (cloud: Cloud) => CloudEndpoints;
  /** Certificate authorities to trust in place of the system's, PEM. */
  readonly ca?: string;
}

export interface AzureLogin {
  readonly method: CredentialChoice["method"];
  readonly token: string;
  readonly account: Account;
}

export interface AzureContext extends CheckContext {
  readonly arm: ArmClient;
  readonly login: AzureLogin;
  readonly section: AksSection;
  readonly complete: CompleteAks;
  readonly isNew: NewParts;
  /** `/subscriptions/<id>`. */
  readonly subscription: string;
  /** Id of the main resource group, whether it exists or not. */
  readonly group: string;
  /** Reads what several checks look at, once in a run. */
  readonly once: <T>(read: (azure: AzureContext) => Promise<T>) => Promise<T>;
}

/** One login to Azure that the checks of a run share, and what several of them look at. */
export class AzureSession {
  readonly #endpoints: (cloud: Cloud) => CloudEndpoints;
  readonly #http: { readonly ca?: string };
  readonly #send: Send;
  readonly #read = new Map<unknown, Promise<unknown>>();
  #login: Promise<AzureLogin> | undefined;

  constructor({ endpoints = (cloud) => cloudEndpoints[cloud], ca }: AzurePorts = {}) {
    this.#endpoints = endpoints;
    this.#http = ca === undefined ? {} : { ca };
    this.#send = createSend(this.#http);
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
   * Logs in and gives what a check may use.
   *
   * @throws CredentialProblem
   */
  async open(context: CheckContext): Promise<AzureContext> {
    const section = required(context.settings.aks, "aks");
    // Every request listens, and a check sends many at once: without a leak, ten are few.
    setMaxListeners(0, context.signal);
    const login = await this.login(context);
    const subscription = `/subscriptions/${section.subscriptionId}`;
    const azure: AzureContext = {
      ...context,
      arm: new ArmClient({
        origin: this.#endpoints(section.cloud).resourceManager,
        token: login.token,
        send: this.#send,
        signal: context.signal,
      }),
      login,
      section,
      complete: required(context.aks, "aks"),
      isNew: newParts(context),
      subscription,
      group: `${subscription}/resourceGroups/${section.resourceGroup.name}`,
      once: <T>(read: (azure: AzureContext) => Promise<T>) => {
        const found = this.#read.get(read) ?? read(azure);
        this.#read.set(read, found);
        // What is kept under a function is what that function gave.
        return found as Promise<T>;
      },
    };
    return azure;
  }

  async #newLogin({ env, signal, settings }: CheckContext): Promise<AzureLogin> {
    const { cloud, subscriptionId } = required(settings.aks, "aks");
    const choice = chooseCredential(env);
    const token = await getToken({
      choice,
      endpoints: this.#endpoints(cloud),
      subscriptionId,
      env,
      http: this.#http,
      send: this.#send,
      signal,
    });
    const account = readAccount(token);
    if (account) return { method: choice.method, token, account };
    throw new CredentialProblem(
      "refused",
      "the token does not say whom it speaks for",
      "log in again, or with other credentials",
    );
  }
}
