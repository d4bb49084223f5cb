import { stringAt, TwinError } from "../../framework";
import type { ArmType } from "../arm/definition";
import { invalidParameter } from "../arm/refusals";
import { findResource } from "../arm/tables";
import { parentOfId } from "../arm/resource-id";
import { refuseWhileBusy, server, serverBusy } from "./server";
import { checkParameter, parameterDefault } from "./parameters";

const claims: NonNullable<ArmType["claims"]> = (_operation, id) => [serverBusy(parentOfId(id) ?? id)];

const refuseNow: NonNullable<ArmType["refuseNow"]> = ({ state, id, now }) => {
  refuseWhileBusy(parentOfId(id) ?? id, state, now);
};

/** A parameter of a server; taking it away gives it its default again. */
export const configuration: ArmType = {
  token: "azure-native:dbforpostgresql:Configuration",
  apiVersion: "2025-08-01",
  path: `${server.path}/configurations/{configurationName}`,
  contract: { library: "postgresql-flexible", model: "ConfigurationForUpdate" },
  outputs: ["dataType", "defaultValue", "isConfigPendingRestart", "isDynamicConfig", "isReadOnly"],
  latency: { create: 20, update: 20, delete: 20 },
  isAlwaysThere: true,
  claims,
  refuseNow,
  validate({ inputs, name, id }) {
    if (stringAt(inputs, "source") !== "user-override")
      throw invalidParameter(
        `The parameter ${id} must have the source 'user-override'.`,
        "InvalidParameterValue",
      );
    const complaint = checkParameter(name, stringAt(inputs, "value") ?? "");
    if (complaint !== undefined) throw invalidParameter(complaint, "InvalidParameterValue");
  },
  compute: ({ name }) => parameterDefault(name),
};

/** A database of a server. */
export const database: ArmType = {
  token: "azure-native:dbforpostgresql:Database",
  apiVersion: "2025-08-01",
  path: `${server.path}/databases/{databaseName}`,
  contract: { library: "postgresql-flexible", model: "Database" },
  nameRule: {
    pattern: /^[a-zA-Z_][\w-]{0,62}$/,
    min: 1,
    max: 63,
    words: "letters, digits, underscores and hyphens, a letter or underscore first",
  },
  forceNew: ["charset", "collation"],
  latency: { create: 15, delete: 10 },
  claims,
  refuseNow,
  defaults: () => ({ charset: "UTF8", collation: "en_US.utf8" }),
  validate({ name, id }) {
    if (["postgres", "azure_maintenance", "azure_sys", "template0", "template1"].includes(name))
      throw new TwinError(
        `The database ${id} is there already and belongs to the service.`,
        "ResourceAlreadyExists",
      );
  },
};

/** An administrator of a server who logs in with Entra. */
export const administrator: ArmType = {
  token: "azure-native:dbforpostgresql:AdministratorsMicrosoftEntra",
  apiVersion: "2025-08-01",
  path: `${server.path}/administrators/{objectId}`,
  contract: { library: "postgresql-flexible", model: "AdministratorMicrosoftEntraAdd" },
  forceNew: ["principalName", "principalType", "tenantId"],
  latency: { create: 30, delete: 20 },
  claims,
  refuseNow,
  validate({ inputs, id, state }) {
    const auth = stringAt(
      findResource(state, parentOfId(id))?.properties,
      "authConfig",
      "activeDirectoryAuth",
    );
    if (auth !== "Enabled")
      throw invalidParameter(
        `The administrator ${id} can only be set when authConfig.activeDirectoryAuth is Enabled.`,
        "AadAuthOperationCannotBePerformedWhenServerAuthIsDisabled",
      );
    if (stringAt(inputs, "principalName") === undefined)
      throw invalidParameter(`The administrator ${id} has no name.`, "InvalidParameterValue");
  },
};
