import { TwinError, type WorldState } from "../../framework";
import { allOfType } from "./lookup";
import { nameOfId, typeOfId } from "./resource-id";
import { takenNames } from "./tables";

/** Throws when somebody in the world has the name of a resource whose type shares one space of names. */
export function requireFreeName(state: WorldState, id: string): void {
  const name = nameOfId(id);
  const type = typeOfId(id);
  const isTaken =
    takenNames.of(state).has(`${type}/${name}`.toLowerCase()) ||
    allOfType(state, type).some((record) => record.name.toLowerCase() === name.toLowerCase());
  if (!isTaken) return;
  const { code, message } = TAKEN[type] ?? { code: "NameNotAvailable", message: "is already in use" };
  throw new TwinError(`The name '${name}' ${message}.`, code);
}

const TAKEN: Readonly<Record<string, { code: string; message: string }>> = {
  "Microsoft.Storage/storageAccounts": {
    code: "StorageAccountAlreadyTaken",
    message: "is already taken as the name of a storage account",
  },
  "Microsoft.ContainerRegistry/registries": {
    code: "AlreadyInUse",
    message: "is already in use by another registry",
  },
  "Microsoft.DBforPostgreSQL/flexibleServers": {
    code: "ServerNameAlreadyExists",
    message: "is already used by another server",
  },
};
