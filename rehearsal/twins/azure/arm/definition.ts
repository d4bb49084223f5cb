import type {
  CheckContext,
  Failure,
  Latency,
  Operation,
  Properties,
  World,
  WorldState,
} from "../../framework";
import type { Client } from "../config";
import type { ContractRef } from "../contract";
import { typeOfId } from "./resource-id";
import type { ArmRecord } from "./tables";

/** A request to the Resource Manager, within a transaction. */
export interface ArmRequest {
  readonly state: WorldState;
  readonly world: World;
  readonly id: string;
  readonly name: string;
  /** The inputs of the resource, path parameters included, secrets in clear. */
  readonly inputs: Properties;
  /** Short form of the location of the resource, or of its group. */
  readonly location: string | undefined;
  readonly client: Client;
  readonly now: Date;
}

/** A request that changes a resource that is there. */
export interface ArmUpdate extends ArmRequest {
  readonly before: ArmRecord;
  /** The inputs of before. */
  readonly oldInputs: Properties;
}

/** A request to take a resource away. */
export type ArmDeletion = Pick<ArmRequest, "state" | "id" | "name" | "now"> & { readonly record: ArmRecord };

/** How resources of one type behave. */
export interface ArmType {
  /** Token of the provider, as `azure-native:network:Subnet`. */
  readonly token: string;
  /** Version of the interface that the provider speaks for the type. */
  readonly apiVersion: string;
  /** Form of the id; the last parameter is the name. */
  readonly path: string;
  /** Type in the answers of the service; that of the path when absent. */
  readonly type?: string;
  /** Where the independent description of the type is. */
  readonly contract: ContractRef;
  /** What a name must be like, beyond the contract. */
  readonly nameRule?: NameRule;
  /** Whether the name must be unique in the whole world. */
  readonly worldUnique?: boolean;
  /** Whether the resource is there before it is made, so that making it is changing it; its only name. */
  readonly singleton?: string;
  /** Whether it is there under any name before it is made, so that making it is changing it. */
  readonly isAlwaysThere?: boolean;
  /** Whether nobody can delete it: the provider sets it back instead, which is a write (pulumi-azure-native, `DefaultBody`). */
  readonly isSetBack?: boolean;
  /** Whether it has a location. */
  readonly located?: boolean;
  /** Whether that location is none of the regions, but `global`. */
  readonly isGlobal?: boolean;
  /** Inputs that are never given back. */
  readonly secretInputs?: readonly string[];
  /** Inputs whose change replaces, apart from the parameters of the id and the location. */
  readonly forceNew?: readonly string[];
  /** Outputs that only the service knows; dotted where they lie inside of an input. */
  readonly outputs?: readonly string[];
  readonly latency?: Partial<Record<Operation, Latency>>;
  /** What an operation holds for itself, and what another one that wants it is answered. */
  readonly claims?: (operation: Operation, id: string, inputs: Properties) => readonly Claim[];
  /** Throws what the service refuses when it is asked, and would do a little later. */
  readonly refuseNow?: (request: Pick<ArmRequest, "state" | "id" | "now">, operation: Operation) => void;
  /** Defaults of the service that show up in the outputs. */
  readonly defaults?: (inputs: Properties) => Properties;
  /** Throws what the service refuses, for a creation and for an update alike. */
  readonly validate?: (request: ArmRequest) => void;
  /** Throws what the service refuses to change. */
  readonly validateUpdate?: (request: ArmUpdate) => void;
  /** The properties that the service decides; before is absent for a creation. */
  readonly compute?: (request: ArmRequest, before?: ArmRecord) => Properties;
  /** What else happens when it is made or changed; before is absent for a creation. */
  readonly afterWrite?: (request: ArmRequest, record: ArmRecord, before?: ArmRecord) => void;
  /** Throws while something else needs it. */
  readonly blockDeletion?: (request: ArmDeletion) => void;
  /** What else happens when it is taken away. */
  readonly afterDelete?: (request: ArmDeletion) => void;
}

/** A thing that one operation may hold at a time. */
export interface Claim {
  readonly key: string;
  /** Whether others may hold it at the same time as long as they share it too. */
  readonly shared?: boolean;
  /** Whether it only gives way to one who holds it, and keeps nobody from it. */
  readonly weak?: boolean;
  /**
   * Whether the service finds out only after it has accepted: what was asked for is there then, and has failed. For
   * creations and updates.
   */
  readonly late?: boolean;
  /** The code and the message for the one that comes second. */
  readonly code: string;
  readonly message: string;
}

/** What a name must be like. */
export interface NameRule {
  readonly pattern: RegExp;
  readonly min: number;
  readonly max: number;
  /** The rule in words. */
  readonly words: string;
  /**
   * How a logical name becomes part of an automatic one.
   * @default as it is
   */
  readonly fit?: (name: string) => string;
  /** Makes an automatic name of another form altogether, out of hexadecimal text. */
  readonly automatic?: (randomHex: (length: number) => string) => string;
}

const known = new Map<string, ArmType>();

/** Makes a type known by its name in ids; one whose last part is a parameter, as of records, whatever that is. */
export function makeKnown(type: ArmType): void {
  known.set((type.type ?? typeOfId(`/${type.path.replace(/\{[^}]*\}/g, "*")}`)).toLowerCase(), type);
}

/** The type of a resource by its id; `undefined` when it is not simulated. */
export function definitionOf(id: string): ArmType | undefined {
  const type = typeOfId(id).toLowerCase();
  return known.get(type) ?? known.get(type.replace(/[^/]+$/, "*"));
}

/** Every type that is simulated. */
export function allDefinitions(): ArmType[] {
  return [...known.values()];
}

/** Letters, digits and what may stand between them, as for most resources of a network. */
export const networkName = (max = 80): NameRule => ({
  pattern: /^[a-zA-Z0-9]([\w.-]*\w)?$/,
  min: 1,
  max,
  words:
    "letters, digits, underscores, periods and hyphens, a letter or digit first, no period or hyphen last",
});

/** Says what is wrong with a name; empty when nothing is. */
export function checkName(rule: NameRule, property: string, name: string): Failure[] {
  if (name.length < rule.min || name.length > rule.max) {
    return [
      {
        property,
        reason: `InvalidResourceName: "${name}" has ${name.length} characters, must have ${rule.min} to ${rule.max}`,
      },
    ];
  }
  return rule.pattern.test(name)
    ? []
    : [{ property, reason: `InvalidResourceName: "${name}" is no valid name: ${rule.words}` }];
}

/** The automatic name of a resource: its logical name and eight digits, as far as the rule allows. */
export function automaticName(context: CheckContext, rule: NameRule | undefined): string {
  if (rule?.automatic !== undefined) return rule.automatic(context.randomHex);
  const suffix = context.randomHex(8);
  const fit = rule?.fit ?? ((name: string) => name);
  const stem = fit(context.name).slice(0, (rule?.max ?? 80) - suffix.length);
  return `${stem}${suffix}`;
}
