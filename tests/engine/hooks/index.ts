import { IamUser, Provider } from "@pulumi/minio";
import * as pulumi from "@pulumi/pulumi";
import { pausesFor, retrying } from "../../../components/retry";

const config = new pulumi.Config();
const provider = new Provider("minio", {
  minioServer: "localhost:9000",
  minioUser: "root",
  minioPassword: "secret",
});

// A stack from before it had hooks is one without.
const hooks =
  config.getBoolean("hooked") === false
    ? undefined
    : retrying("user", ({ error }) =>
        error.includes("Busy")
          ? {
              event: "the store to come to rest",
              pauses: pausesFor(config.getNumber("patience") ?? 3, { first: 1, most: 1 }),
              otherwise: "Look after the store.",
            }
          : undefined,
      );

new IamUser(
  "user",
  { name: "someone", disableUser: config.getBoolean("disabled") ?? false },
  {
    provider,
    ...(hooks && { hooks }),
  },
);
