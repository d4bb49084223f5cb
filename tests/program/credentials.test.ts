import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { Configuration } from "../../config/load";
import { type Credentials, createCredentials } from "../../program/spacelift";
import { run } from "../support/run";

interface Given {
  readonly protectData: boolean;
  readonly key?: string;
}

describe("createCredentials", () => {
  const create = async ({ protectData, key }: Given): Promise<Credentials> => {
    const secrets = key === undefined ? {} : { encryptionPrivateKey: pulumi.secret(key) };
    // The rest of a configuration is of no concern here.
    const configuration = { settings: { protectData }, secrets } as Pick<
      Configuration,
      "secrets"
    > as Configuration;
    let credentials: Credentials | undefined;
    await run(() => {
      credentials = createCredentials(configuration);
    });
    assert.ok(credentials);
    return credentials;
  };

  it("says that a key was generated, whether it is protected or not", async () => {
    for (const protectData of [true, false]) {
      assert.equal((await create({ protectData })).generatedKey, true, String(protectData));
      assert.equal((await create({ protectData, key: "a-key" })).generatedKey, false, String(protectData));
    }
  });

  it("keeps a generated key that is protected, and nothing else", async () => {
    const kept = async (given: Given): Promise<number> => (await create(given)).kept.length;
    assert.deepEqual(
      [
        await kept({ protectData: true }),
        await kept({ protectData: false }),
        await kept({ protectData: true, key: "a-key" }),
      ],
      [1, 0, 0],
    );
  });
});
