import { defineResource, type Properties, type Rows, stringAt, text, TwinError } from "../framework";
import { policies, type User, users } from "./tables";

/** Simulates attaching a policy to a user. */
export const policyAttachment = defineResource({
  inputs: { policyName: text({ required: true }), userName: text({ required: true }) },
  create(inputs, { world }) {
    const { userName, policyName } = namesOf(inputs);
    world.change((state) => {
      const user = users.of(state).get(userName);
      if (user === undefined) {
        throw new TwinError(
          `[FATAL] unable to attach user policy (${userName} ${policyName}): The specified user does not exist.`,
        );
      }
      if (!policies.of(state).has(policyName)) {
        throw new TwinError(
          `[FATAL] unable to attach user policy (${userName} ${policyName}): The canned policy does not exist.`,
        );
      }
      const others = user.policies.filter((name) => name !== policyName);
      users.of(state).set(userName, { ...user, policies: [...others, policyName] });
    });
    return { id: `${userName}-${policyName}`, outputs: inputs };
  },
  read(recorded, { world }) {
    const { userName, policyName } = namesOf(recorded.outputs);
    const user = world.read((state) => found(users.of(state), userName));
    return user.policies.includes(policyName) ? recorded : undefined;
  },
  delete(recorded, { world }) {
    const { userName, policyName } = namesOf(recorded.outputs);
    world.change((state) => {
      const user = found(users.of(state), userName);
      users
        .of(state)
        .set(userName, { ...user, policies: user.policies.filter((name) => name !== policyName) });
    });
  },
});

// A user that is missing is an error to the provider, whatever it wants of it (terraform-provider-minio 1.20.1,
// minioReadUserPolicies).
function found(rows: Rows<User>, name: string): User {
  const user = rows.get(name);
  if (user === undefined)
    throw new TwinError(`[FATAL] failed to load user Infos (${name}): The specified user does not exist.`);
  return user;
}

function namesOf(properties: Properties): { userName: string; policyName: string } {
  return {
    userName: stringAt(properties, "userName") ?? "",
    policyName: stringAt(properties, "policyName") ?? "",
  };
}
