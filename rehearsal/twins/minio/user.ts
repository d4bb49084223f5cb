import { randomBytes } from "node:crypto";
import {
  defineResource,
  flag,
  mapOf,
  stringAt,
  text,
  textOf,
  TwinError,
  type WorldState,
} from "../framework";
import { groups, serviceAccounts, users } from "./tables";

const NAME = /^[0-9A-Za-z=,.@\-_+]+$/;

/** Simulates a user of the object store. */
export const user = defineResource({
  inputs: {
    name: text({
      check: (value) => (NAME.test(textOf(value)) ? undefined : `invalid user name "${textOf(value)}"`),
    }),
    secret: text(),
    disableUser: flag(),
    forceDestroy: flag(),
    updateSecret: flag(),
    tags: mapOf(text()),
  },
  replaceOn: ["name"],
  deleteBeforeReplace: true,
  computed: ["secret", "status"],
  secretOutputs: ["secret"],
  normalise: (inputs, { name, oldInputs, randomHex }) => ({
    disableUser: false,
    forceDestroy: false,
    updateSecret: false,
    name: oldInputs["name"] ?? `${name}-${randomHex(7)}`,
    ...inputs,
  }),
  preview: (inputs) => (inputs["secret"] === undefined ? {} : { secret: inputs["secret"] }),
  create(inputs, { world }) {
    const name = stringAt(inputs, "name") ?? "";
    const secret = stringAt(inputs, "secret") ?? randomBytes(30).toString("base64url");
    if (name.length < 3)
      throw new TwinError(`[FATAL] error creating user (${name}): access key length should be at least 3`);
    if (secret.length < 8)
      throw new TwinError(`[FATAL] error creating user (${name}): secret key length should be at least 8`);
    const isEnabled = inputs["disableUser"] !== true;
    world.change((state) => {
      // Adding a user that exists sets its secret and keeps its policies, as the real store does.
      const policies = users.of(state).get(name)?.policies ?? [];
      users.of(state).set(name, { secret: world.seal(secret), enabled: isEnabled, policies });
    });
    return { id: name, outputs: { ...inputs, secret, status: isEnabled ? "enabled" : "disabled" } };
  },
  read(recorded, { world }) {
    const found = world.read((state) => users.of(state).get(recorded.id));
    if (found === undefined) return undefined;
    return { ...recorded, outputs: { ...recorded.outputs, status: found.enabled ? "enabled" : "disabled" } };
  },
  update(before, inputs, { world }) {
    // The provider (terraform-provider-minio 1.20.1, minioUpdateUser) takes `forceDestroy` for a wish to delete the user now.
    if (inputs["forceDestroy"] === true) {
      world.change((state) => {
        removeUser(state, before.id);
      });
      return { ...inputs, status: "" };
    }
    const rotated = inputs["updateSecret"] === true ? randomBytes(30).toString("base64url") : undefined;
    const secret = rotated ?? stringAt(inputs, "secret") ?? stringAt(before.outputs, "secret") ?? "";
    const isEnabled = inputs["disableUser"] !== true;
    world.change((state) => {
      const found = users.of(state).get(before.id);
      if (found === undefined)
        throw new TwinError(
          `[FATAL] error updating IAM User ${before.id}: The specified user does not exist.`,
        );
      users.of(state).set(before.id, { ...found, secret: world.seal(secret), enabled: isEnabled });
    });
    return { ...inputs, secret, status: isEnabled ? "enabled" : "disabled" };
  },
  delete(recorded, { world }) {
    world.change((state) => {
      removeUser(state, recorded.id);
    });
  },
});

/** Takes a user away, with its access keys and out of its groups. */
function removeUser(state: WorldState, name: string): void {
  if (!users.of(state).delete(name))
    throw new TwinError(`[FATAL] error deleting IAM User ${name}: The specified user does not exist.`);
  for (const [key, account] of serviceAccounts.of(state).entries()) {
    if (account.user === name) serviceAccounts.of(state).delete(key);
  }
  for (const [key, group] of groups.of(state).entries()) {
    groups.of(state).set(key, { ...group, members: group.members.filter((member) => member !== name) });
  }
}
