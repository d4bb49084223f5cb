import "../../../rehearsal/twins/azure";
import type { Operation } from "../../../rehearsal/twins";
import { allDefinitions, type ArmType } from "../../../rehearsal/twins/azure/arm/definition";
import {
  fillTemplate,
  isWithin,
  parametersOf,
  typeOfId,
} from "../../../rehearsal/twins/azure/arm/resource-id";
import { referencesIn } from "../../../rehearsal/twins/azure/arm/tables";
import { type Properties, stringAt } from "../../../rehearsal/twins/framework";
import { linkedActions } from "./linked-actions";

/** An action of Azure, and the resource that it is taken on. */
export interface UsedAction {
  readonly action: string;
  readonly id: string;
}

/**
 * What the provider asks of Azure for an operation. Before it creates, it looks whether the resource is there, and it reads
 * what it has written; it asks whether something is gone that it deletes (pulumi-azure-native, `provider.go`). What was
 * created may be asked for everything, sooner or later.
 */
const verbs: Readonly<Record<Operation, readonly string[]>> = {
  create: ["read", "write"],
  read: ["read"],
  update: ["read", "write"],
  delete: ["read", "delete"],
};

/** Types whose interface has no deletion: the provider sets them back instead (the same, `DefaultBody`). */
const setBack = /\/(blobServices|configurations)$/i;

/** Functions that ask nothing of Azure Resource Manager: they tell of the login. */
const ofTheLogin = new Set([
  "azure-native:authorization:getClientConfig",
  "azure-native:authorization:getClientToken",
]);

const byToken = (token: string): ArmType | undefined => allDefinitions().find((type) => type.token === token);

/** The id that Azure gives a resource; undefined for what is not Azure's. */
export function armId(token: string, inputs: Properties, subscriptionId: string): string | undefined {
  const path = byToken(token)?.path;
  if (path === undefined) return undefined;
  // The provider makes up a name where the program gives none.
  const named = { [parametersOf(path).at(-1) ?? ""]: "made-up", ...inputs };
  return fillTemplate(path, named, subscriptionId);
}

/** Gathers the actions that a run takes, as its operations come in. */
export class UsedActions {
  private readonly found = new Map<string, UsedAction>();

  /** @param registryAt the id of the registry that has a host. @default - the one of that name */
  constructor(
    private readonly subscriptionId: string,
    private readonly registryAt: (host: string) => string | undefined = () => undefined,
  ) {}

  get all(): readonly UsedAction[] {
    return [...this.found.values()];
  }

  /** Takes an operation on a resource. */
  operation(token: string, operation: Operation, inputs: Properties): void {
    if (token === "command:local:Command" && operation === "create") this.push(inputs);
    if (!token.startsWith("azure-native:")) return;
    const definition = byToken(token);
    if (definition === undefined) throw new Error(`the rehearsal does not know ${token}`);
    const id = this.idOf(definition, inputs);
    const type = actionType(id);
    for (const verb of verbs[operation]) {
      const isReset = verb === "delete" && setBack.test(type);
      this.add(`${type}/${isReset ? "write" : verb}`, id);
    }
    if (operation === "create" || operation === "update") this.link(definition, type, inputs);
  }

  /** Takes a call of a function. */
  call(token: string, args: Properties): void {
    if (!token.startsWith("azure-native:") || ofTheLogin.has(token)) return;
    const [, list] = /:list(ManagedCluster)UserCredentials$/.exec(token) ?? [];
    const definition = byToken(
      list === undefined ? token.replace(/:get(?=[^:]+$)/, ":") : `azure-native:containerservice:${list}`,
    );
    if (definition === undefined) throw new Error(`${token} asks something that no test knows an action for`);
    const id = this.idOf(definition, args);
    this.add(`${actionType(id)}/${list === undefined ? "read" : "listClusterUserCredential/action"}`, id);
  }

  private idOf({ token }: ArmType, inputs: Properties): string {
    const id = armId(token, inputs, this.subscriptionId);
    if (id === undefined) throw new Error(`${token} lacks a part of its id: ${JSON.stringify(inputs)}`);
    return id;
  }

  /** What is named by a resource takes a right on it, too: Azure calls it a linked access check. */
  private link({ path }: ArmType, type: string, inputs: Properties): void {
    const own = parametersOf(path);
    const body = Object.fromEntries(Object.entries(inputs).filter(([name]) => !own.includes(name)));
    for (const { id, path: property } of referencesIn(body)) {
      for (const action of linkedActions(type, typeOfId(id), property)) this.add(action, id);
    }
  }

  /** The push of an image: Azure lets those push who may push and pull (its built-in role AcrPush). */
  private push({ environment }: Properties): void {
    const target = stringAt(environment, "TARGET");
    if (target === undefined) return;
    const [host = ""] = target.split("/");
    const id = this.registryAt(host) ?? this.registryNamed(host);
    if (id === undefined) throw new Error(`an image is pushed to ${host}, which is no registry of Azure`);
    for (const verb of ["pull/read", "push/write"]) this.add(`${typeOfId(id)}/${verb}`, id);
  }

  private registryNamed(host: string): string | undefined {
    const tail = `/registries/${host.split(".")[0] ?? ""}`.toLowerCase();
    return this.all.find(({ id }) => id.toLowerCase().endsWith(tail))?.id;
  }

  private add(action: string, id: string): void {
    this.found.set(`${action} ${id}`.toLowerCase(), { action, id });
  }
}

function actionType(id: string): string {
  const type = typeOfId(id);
  return type === "Microsoft.Resources/resourceGroups"
    ? "Microsoft.Resources/subscriptions/resourceGroups"
    : type;
}

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Rights as a check asks for them. */
type Asked = readonly { readonly scope: string; readonly actions: readonly string[] }[];

/** Actions that were taken where no right is asked for. */
export const unaskedActions = (used: readonly UsedAction[], asked: Asked): readonly string[] =>
  used
    .filter(
      ({ action, id }) =>
        !asked.some(
          ({ scope, actions }) => isWithin(id, scope) && actions.some((each) => same(each, action)),
        ),
    )
    .map(({ action, id }) => `${action} on ${id}`);

/** Rights that are asked for where no such action was taken. */
export const unusedRights = (used: readonly UsedAction[], asked: Asked): readonly string[] =>
  asked.flatMap(({ scope, actions }) =>
    actions
      .filter((each) => !used.some(({ action, id }) => isWithin(id, scope) && same(action, each)))
      .map((each) => `${each} on ${scope}`),
  );
