import { databaseTier } from "../../../../config/aks/sizes";
import { setCommand } from "../../../../config/problems";
import { type Check, type Finding, failed, passed, warning } from "../../check";
import { azureCheck } from "./azure-check";
import {
  type DatabaseCapabilities,
  type DatabaseSku,
  readDatabaseCapabilities,
} from "./database-capabilities";
import { type DatabaseServer, listOwnServers } from "./database-server";
import { madeParts, newPart } from "./made";
import type { AzureAccess, AzureSession } from "./session";

const names = {
  region: { id: "azure.database", title: "PostgreSQL in the region" },
  version: { id: "azure.database.version", title: "Version of the PostgreSQL server" },
  sku: { id: "azure.database.sku", title: "Size of the PostgreSQL server" },
  backup: { id: "azure.database.backup", title: "Backups in another region" },
  server: { id: "azure.database.server", title: "State of the PostgreSQL server" },
} as const;
const key = (name: string): string => `aks.database.${name}`;

/** Whether the region offers the PostgreSQL server, and the one that is there can become what is asked for. */
export const databaseServerCheck = (session: AzureSession): Check =>
  azureCheck(session, {
    ...names.region,
    skip: (subject) =>
      madeParts(subject).database ? undefined : "the secret `databaseUrl` names a database that is there",
    run: async (access) => {
      const [offer, { primary, replicas }] = await Promise.all([
        readDatabaseCapabilities(access),
        listOwnServers(access),
      ]);
      if (offer.refused !== undefined && !primary) {
        const reason = `the subscription gets no server in ${access.section.location} (${offer.refused})`;
        const fix = `choose another region, or ask Microsoft for access: \`az postgres flexible-server list-skus --location ${access.section.location}\` shows what there is`;
        return [failed(names.region, reason, fix)];
      }
      const database = newPart(access.complete.database);
      return [
        primary
          ? upgradeFinding(offer, database.version, primary, replicas.length > 0)
          : versionFinding(offer, database.version, access),
        skuFinding(offer, access, primary),
        ...(database.geoRedundantBackup ? [backupFinding(offer, access, primary)] : []),
        ...(primary ? [serverFinding(primary, database.storageGb)] : []),
      ];
    },
  });

function versionFinding(offer: DatabaseCapabilities, wanted: string, { section }: AzureAccess): Finding {
  if (offer.versions.has(wanted)) return passed(names.version, `${section.location} offers ${wanted}`);
  const offered = [...offer.versions.keys()].sort((a, b) => Number(a) - Number(b));
  const best = offered.findLast((version) => ["15", "16", "17"].includes(version));
  return failed(
    names.version,
    `${section.location} offers ${offered.join(", ")}, not ${wanted}`,
    best === undefined ? "choose another region" : setCommand(key("version"), Number(best)),
  );
}

function upgradeFinding(
  offer: DatabaseCapabilities,
  wanted: string,
  { name, properties }: DatabaseServer,
  replicated: boolean,
): Finding {
  const { version } = properties;
  if (version === wanted) return passed(names.version, `${name} runs ${version}`);
  const back = setCommand(key("version"), Number(version));
  if (Number(wanted) < Number(version)) {
    return failed(names.version, `${name} runs ${version}, which never goes back to ${wanted}`, back);
  }
  if (offer.versions.get(version)?.includes(wanted) !== true) {
    return failed(names.version, `${name} runs ${version}, which Azure does not raise to ${wanted}`, back);
  }
  if (replicated) {
    return failed(
      names.version,
      `${name} has a read replica, and Azure raises the version of none that has`,
      `${setCommand(key("readReplica"), false)}, deploy, and raise the version then`,
    );
  }
  return warning(
    names.version,
    `${name} goes from ${version} to ${wanted}, which takes it down for minutes and cannot be undone`,
    `make sure of a backup: \`az postgres flexible-server backup create --resource-group <group> --name ${name} --backup-name before-${wanted}\``,
  );
}

function skuFinding(
  offer: DatabaseCapabilities,
  { complete, section }: AzureAccess,
  primary: DatabaseServer | undefined,
): Finding {
  const { sku: wanted, highAvailability } = newPart(complete.database);
  const found = offer.skus.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  const fit = (sku: DatabaseSku): boolean =>
    sku.refused === undefined &&
    (highAvailability === "Disabled" || sku.availability.includes(highAvailability));
  const other = offer.skus.find(
    (sku) => sku.edition === databaseTier(wanted) && sku.vCores === found?.vCores && fit(sku),
  );
  const fix =
    other === undefined
      ? `choose a size of \`az postgres flexible-server list-skus --location ${section.location}\` for \`${key("sku")}\``
      : setCommand(key("sku"), other.name);
  if (found?.refused !== undefined || !found) {
    const why =
      found?.refused === undefined ? "does not offer" : `refuses the subscription (${found.refused})`;
    const reason = `${section.location} ${why} ${wanted}`;
    // A server that has the size keeps it.
    return primary?.sku.name === wanted ? warning(names.sku, reason, fix) : failed(names.sku, reason, fix);
  }
  if (fit(found)) {
    const standby = highAvailability === "Disabled" ? "" : ` with a standby (${highAvailability})`;
    return passed(names.sku, `${wanted} can be had${standby}`);
  }
  const next = found.availability.includes("SameZone") ? "SameZone" : "Disabled";
  const reason = `${section.location} offers ${wanted} without a standby of mode ${highAvailability}`;
  const mend = setCommand(key("highAvailability"), next);
  return primary?.properties.highAvailability?.mode === highAvailability
    ? warning(names.sku, reason, mend)
    : failed(names.sku, reason, mend);
}

function backupFinding(
  offer: DatabaseCapabilities,
  { section }: AzureAccess,
  primary: DatabaseServer | undefined,
): Finding {
  if (offer.geoBackup || primary) return passed(names.backup, "are kept in the paired region");
  return failed(
    names.backup,
    `${section.location} keeps no backups in another region`,
    setCommand(key("geoRedundantBackup"), false),
  );
}

function serverFinding({ id, name, properties }: DatabaseServer, wantedGb: number): Finding {
  const { state, storage } = properties;
  if (state === "Stopped" || state === "Disabled") {
    return failed(
      names.server,
      `${name} is ${state}`,
      `run \`az postgres flexible-server start --ids ${id}\``,
    );
  }
  if (state !== "Ready") {
    return failed(
      names.server,
      `${name} is busy (${state}), and takes no other change`,
      `wait: \`az postgres flexible-server wait --ids ${id} --updated\``,
    );
  }
  if (wantedGb < storage.storageSizeGB) {
    // It may have grown by itself: only a change of the server tells Azure the size again, which then refuses.
    return warning(
      names.server,
      `the disk of ${name} has ${storage.storageSizeGB} GB, and never shrinks to ${wantedGb}: a change of the server would be refused`,
      setCommand(key("storageGb"), storage.storageSizeGB),
    );
  }
  return passed(names.server, `${name} is ready, with a disk of ${storage.storageSizeGB} GB`);
}
