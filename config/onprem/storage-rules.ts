import { type Problem, removeCommand, setCommand } from "../problems";
import { missingSecret, onpremRule, type Rule, uselessKey } from "../rules/rule";
import { createsOnStorage } from "./storage-logins";
import { bucketRoles } from "../sections/buckets";

const key = (name: string): string => `onprem.objectStorage.${name}`;

const minioAlone = "with `kind: s3`, no user is created and `accessKeyId` is the services'";

const minio = onpremRule(({ objectStorage: own }, _, secrets) => {
  if (own.kind !== "minio") return [];
  const problems: Problem[] = [];
  const managed = createsOnStorage(own);
  if (managed && own.adminUser === undefined) {
    problems.push({
      key: key("adminUser"),
      problem: "is missing: it creates the buckets and the service user",
      fix: `${setCommand(key("adminUser"), "minio")}, or set \`createBuckets\` and \`createUser\` to false`,
    });
  }
  if (managed && secrets.minioAdminPassword === undefined) {
    problems.push(missingSecret("minioAdminPassword", "it belongs to `onprem.objectStorage.adminUser`"));
  }
  if (!managed && secrets.minioAdminPassword !== undefined) {
    problems.push(uselessKey("minioAdminPassword", "buckets and user exist already"));
  }
  if (!own.createUser && own.accessKeyId === undefined) {
    problems.push({
      key: key("accessKeyId"),
      problem: "is missing: with `createUser: false` you provide the access key",
      fix: setCommand(key("accessKeyId"), "spacelift-access-key"),
    });
  }
  if (!own.createUser && secrets.minioSecretKey === undefined) {
    problems.push(missingSecret("minioSecretKey", "with `createUser: false` you provide the access key"));
  }
  if (own.createUser && own.accessKeyId !== undefined) {
    problems.push({
      key: key("accessKeyId"),
      problem: "contradicts `createUser`, which creates an access key",
      fix: `${setCommand(key("createUser"), false)}, or ${removeCommand(key("accessKeyId"))}`,
    });
  }
  if (!own.createUser && own.accessKeyRevision !== 1) {
    problems.push({
      key: key("accessKeyRevision"),
      problem: "has no use: with `createUser: false` you provide the access key",
      fix: removeCommand(key("accessKeyRevision")),
    });
  }
  if (own.createUser && secrets.minioSecretKey !== undefined) {
    problems.push(uselessKey("minioSecretKey", "`createUser` creates an access key"));
  }
  return problems;
});

const s3 = onpremRule(({ objectStorage: own }, _, secrets) => {
  if (own.kind !== "s3") return [];
  const problems: Problem[] = [];
  if (own.accessKeyId === undefined) {
    problems.push({
      key: key("accessKeyId"),
      problem: "is missing: with `kind: s3` you provide the access key of the services",
      fix: setCommand(key("accessKeyId"), "spacelift-access-key"),
    });
  }
  if (secrets.s3SecretKey === undefined) {
    problems.push(missingSecret("s3SecretKey", "with `kind: s3` you provide the access key of the services"));
  }
  if (own.adminAccessKeyId !== undefined && !own.createBuckets) {
    problems.push(
      uselessKey(key("adminAccessKeyId"), "with `createBuckets: false` it has nothing to create"),
    );
  } else if (own.adminAccessKeyId !== undefined && secrets.s3AdminSecretKey === undefined) {
    problems.push(missingSecret("s3AdminSecretKey", "it belongs to `onprem.objectStorage.adminAccessKeyId`"));
  }
  if (own.adminAccessKeyId === undefined && secrets.s3AdminSecretKey !== undefined) {
    problems.push({
      key: key("adminAccessKeyId"),
      problem: "is missing: `s3AdminSecretKey` is a secret key without an access key",
      fix: `${setCommand(key("adminAccessKeyId"), "spacelift-deployer")}, or ${removeCommand("s3AdminSecretKey")}`,
    });
  }
  return problems;
});

/** What one kind knows and the other does not. */
const otherKind = onpremRule(({ objectStorage: own }, _, secrets) => {
  if (own.kind === "minio") {
    const problems: Problem[] = [];
    const other = setCommand(key("kind"), "s3");
    for (const name of ["adminAccessKeyId", "lifecycle"] as const) {
      if (name === "lifecycle" ? own.lifecycle : own[name] === undefined) continue;
      const useless = uselessKey(key(name), "only `kind: s3` reads it");
      problems.push({ ...useless, fix: `${useless.fix}, or ${other}` });
    }
    for (const name of ["s3SecretKey", "s3AdminSecretKey"] as const) {
      if (secrets[name] === undefined) continue;
      const useless = uselessKey(name, "only `onprem.objectStorage.kind: s3` reads it");
      problems.push({ ...useless, fix: `${useless.fix}, or ${other}` });
    }
    return problems;
  }
  const given = {
    adminUser: own.adminUser !== undefined,
    createUser: !own.createUser,
    userName: own.userName !== "spacelift",
    accessKeyRevision: own.accessKeyRevision !== 1,
  };
  const settings = Object.entries(given).filter(([, isGiven]) => isGiven);
  const passwords = (["minioAdminPassword", "minioSecretKey"] as const).filter(
    (name) => secrets[name] !== undefined,
  );
  return [
    ...settings.map(([name]) => uselessKey(key(name), minioAlone)),
    ...passwords.map((name) => uselessKey(name, "with `kind: s3`, the secret key is `s3SecretKey`")),
  ];
});

const lifecycle = onpremRule(({ objectStorage: own }, { buckets }) => {
  if (own.kind !== "s3" || own.lifecycle) return [];
  if (!own.createBuckets) {
    return [uselessKey(key("lifecycle"), "with `createBuckets: false` the buckets are left as they are")];
  }
  return bucketRoles.flatMap((role) =>
    (["expireAfterDays", "expireNoncurrentAfterDays"] as const)
      .filter((name) => buckets?.[role][name] !== undefined)
      .map((name) => ({
        key: `buckets.${role}.${name}`,
        problem: "contradicts `onprem.objectStorage.lifecycle: false`",
        fix: `${removeCommand(`buckets.${role}.${name}`)}, or ${removeCommand(key("lifecycle"))}`,
      })),
  );
});

const connection = onpremRule(({ objectStorage: own }) => {
  if (own.tls || (!own.insecureSkipVerify && own.caCertificateFile === undefined)) return [];
  const name = own.insecureSkipVerify ? "insecureSkipVerify" : "caCertificateFile";
  return [{ key: key(name), problem: "has no use: `tls` is off", fix: removeCommand(key(name)) }];
});

const givenBuckets = onpremRule(({ objectStorage: own }, settings) => {
  if (own.createBuckets) return [];
  const problems: Problem[] = [];
  if (own.adoptKeptBuckets) {
    problems.push({
      key: key("adoptKeptBuckets"),
      problem: "contradicts `createBuckets: false`, which leaves all buckets to you",
      fix: removeCommand(key("adoptKeptBuckets")),
    });
  }
  if (settings.buckets?.createBinaries) {
    problems.push({
      key: "buckets.createBinaries",
      problem: "contradicts `onprem.objectStorage.createBuckets: false`",
      fix: removeCommand("buckets.createBinaries"),
    });
  }
  return problems;
});

export const storageRules: readonly Rule[] = [minio, s3, otherKind, lifecycle, connection, givenBuckets];
