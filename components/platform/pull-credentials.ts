import * as pulumi from "@pulumi/pulumi";
import type { SecretString } from "./platform";

/** The content of a `.dockerconfigjson` for one registry. */
export function dockerConfigJson(
  address: pulumi.Input<string>,
  credentials: { readonly username: pulumi.Input<string>; readonly password: SecretString },
): SecretString {
  const content = pulumi
    .all([address, credentials.username, credentials.password])
    .apply(([host, username, password]) =>
      JSON.stringify({
        auths: {
          [host]: {
            username,
            password,
            auth: Buffer.from(`${username}:${password}`, "utf8").toString("base64"),
          },
        },
      }),
    );
  return pulumi.secret(content);
}
