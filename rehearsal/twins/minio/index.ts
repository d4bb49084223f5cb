import { defineTwin, type Failure, flag, type Properties, stringAt, text } from "../framework";
import { bucket, versioning } from "./bucket";
import { group, groupPolicyAttachment, groupUserAttachment } from "./group";
import { lifecyclePolicy } from "./lifecycle-policy";
import { policy, policyAttachment } from "./policy";
import { serviceAccount } from "./service-account";
import { user } from "./user";

function checkConfig(config: Properties): Failure[] {
  const server = stringAt(config, "minioServer");
  if (server === undefined || /^[\w.-]+(:\d+)?$/.test(server)) return [];
  return [
    {
      property: "minioServer",
      reason: `Endpoint: ${server} does not follow ip address or domain name standards.`,
    },
  ];
}

/** Simulates the minio provider on one simulated object store. */
export const minioTwin = defineTwin({
  package: "minio",
  version: "0.17.1",
  config: {
    minioAccessKey: text(),
    minioApiVersion: text({ oneOf: ["v2", "v4"] }),
    minioCacertFile: text(),
    minioCertFile: text(),
    minioInsecure: flag(),
    minioKeyFile: text(),
    minioPassword: text(),
    minioRegion: text(),
    minioSecretKey: text(),
    minioServer: text({ required: true }),
    minioSessionToken: text(),
    minioSsl: flag(),
    minioUser: text(),
  },
  checkConfig,
  resources: {
    "minio:index/s3Bucket:S3Bucket": bucket,
    "minio:index/s3BucketVersioning:S3BucketVersioning": versioning,
    "minio:index/ilmPolicy:IlmPolicy": lifecyclePolicy,
    "minio:index/iamUser:IamUser": user,
    "minio:index/iamGroup:IamGroup": group,
    "minio:index/iamGroupPolicyAttachment:IamGroupPolicyAttachment": groupPolicyAttachment,
    "minio:index/iamGroupUserAttachment:IamGroupUserAttachment": groupUserAttachment,
    "minio:index/iamPolicy:IamPolicy": policy,
    "minio:index/iamUserPolicyAttachment:IamUserPolicyAttachment": policyAttachment,
    "minio:index/iamServiceAccount:IamServiceAccount": serviceAccount,
  },
});
