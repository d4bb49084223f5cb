import { randomBytes } from "node:crypto";
import { defineResource, flag, stringAt, text, TwinError } from "../framework";
import { checkDocument, refusalOf } from "./policy";
import { serviceAccounts, users } from "./tables";

// What the store answers for an account that inherits the policies of its user.
const INHERITED = '{\n"Version": "",\n"Statement": null\n}';

/** Simulates an access key of a user. */
export const serviceAccount = defineResource({
  inputs: { targetUser: text({ required: true }), disableUser: flag(), policy: text(), updateSecret: flag() },
  replaceOn: ["targetUser"],
  computed: ["accessKey", "secretKey", "status"],
  secretOutputs: ["secretKey"],
  normalise: (inputs) => ({ disableUser: false, updateSecret: false, ...inputs }),
  check(inputs) {
    const document = stringAt(inputs, "policy");
    return document === undefined ? [] : checkDocument(document, "policy");
  },
  diff(before, after, changes) {
    // The policy that the store reports back is never equal to the absence of one.
    const reported = stringAt(before.outputs, "policy");
    if (after["policy"] !== undefined || reported === undefined) return changes;
    return [
      ...changes.filter(({ path }) => path !== "policy"),
      { path: "policy", kind: "delete", replaces: false },
    ];
  },
  create(inputs, { world }) {
    const targetUser = stringAt(inputs, "targetUser") ?? "";
    const policy = stringAt(inputs, "policy");
    const refusal = policy === undefined ? undefined : refusalOf(policy);
    if (refusal !== undefined)
      throw new TwinError(`[FATAL] error creating service account (${targetUser}): ${refusal}`);
    const accessKey = randomBytes(10).toString("hex").toUpperCase();
    const secretKey = randomBytes(30).toString("base64url");
    const isEnabled = inputs["disableUser"] !== true;
    world.change((state) => {
      if (!users.of(state).has(targetUser)) {
        throw new TwinError(
          `[FATAL] error creating service account (${targetUser}): The specified user does not exist.`,
        );
      }
      const record = { user: targetUser, secret: world.seal(secretKey), enabled: isEnabled };
      serviceAccounts.of(state).set(accessKey, policy === undefined ? record : { ...record, policy });
    });
    const status = isEnabled ? "on" : "off";
    return {
      id: accessKey,
      outputs: { ...inputs, policy: policy ?? INHERITED, accessKey, secretKey, status },
    };
  },
  read(recorded, { world }) {
    const found = world.read((state) => serviceAccounts.of(state).get(recorded.id));
    if (found === undefined) {
      throw new TwinError(
        `[FATAL] error reading service account ${recorded.id}: The specified service account is not found.`,
      );
    }
    return {
      id: recorded.id,
      inputs: { ...recorded.inputs, disableUser: !found.enabled, targetUser: found.user },
      outputs: {
        ...recorded.outputs,
        policy: found.policy ?? INHERITED,
        status: found.enabled ? "on" : "off",
      },
    };
  },
  update(before, inputs, { world }) {
    const policy = stringAt(inputs, "policy");
    const rotated = inputs["updateSecret"] === true ? randomBytes(30).toString("base64url") : undefined;
    const secretKey = rotated ?? stringAt(before.outputs, "secretKey") ?? "";
    const isEnabled = inputs["disableUser"] !== true;
    world.change((state) => {
      const found = serviceAccounts.of(state).get(before.id);
      if (found === undefined)
        throw new TwinError(`[FATAL] error updating service account ${before.id}: not found`);
      const record = { user: found.user, secret: world.seal(secretKey), enabled: isEnabled };
      serviceAccounts.of(state).set(before.id, policy === undefined ? record : { ...record, policy });
    });
    const status = isEnabled ? "on" : "off";
    return { ...before.outputs, ...inputs, policy: policy ?? INHERITED, secretKey, status };
  },
  delete(recorded, { world }) {
    world.change((state) => {
      if (serviceAccounts.of(state).delete(recorded.id)) return;
      // The provider then looks whether the key is among the user's, and cannot read a list that is not empty: the server
      // answers objects where its client (madmin-go 1.7.5) expects names.
      const owner = stringAt(recorded.outputs, "targetUser");
      const others = serviceAccounts.of(state).entries();
      if (others.some(([, { user }]) => user === owner))
        throw new TwinError(
          `[FATAL] error deleting service account %s: %s (${recorded.id}): json: cannot unmarshal object into Go struct field ListServiceAccountsResp.accounts of type string`,
        );
    });
  },
});
