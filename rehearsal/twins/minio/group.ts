import { defineResource, flag, type Properties, type Rows, stringAt, text, TwinError } from "../framework";
import { type Group, groups, policies, users } from "./tables";

/** Simulates a group of users. */
export const group = defineResource({
  inputs: { name: text({ required: true }), disableGroup: flag(), forceDestroy: flag() },
  computed: ["groupName"],
  normalise: (inputs) => ({ disableGroup: false, forceDestroy: false, ...inputs }),
  create(inputs, { world }) {
    const name = stringAt(inputs, "name") ?? "";
    world.change((state) => {
      if (!groups.of(state).has(name)) groups.of(state).set(name, { members: [], policies: [] });
    });
    return { id: name, outputs: { ...inputs, groupName: name } };
  },
  read(recorded, { world }) {
    return world.read((state) => groups.of(state).has(recorded.id)) ? recorded : undefined;
  },
  // The provider changes no more than the status; a new name is ignored.
  update: (before, inputs) => ({ ...before.outputs, ...inputs }),
  delete(recorded, { world }) {
    world.change((state) => {
      const found = groups.of(state).get(recorded.id);
      // A group with members stays without a word (terraform-provider-minio 1.20.1, minioDeleteGroup).
      if (found?.members.length === 0 || recorded.outputs["forceDestroy"] === true)
        groups.of(state).delete(recorded.id);
    });
  },
});

/** Simulates attaching a policy to a group. */
export const groupPolicyAttachment = defineResource({
  inputs: { policyName: text({ required: true }), groupName: text({ required: true }) },
  create(inputs, { world }) {
    const { groupName, other: policyName } = namesOf(inputs, "policyName");
    world.change((state) => {
      const found = loaded(groups.of(state), groupName);
      if (!policies.of(state).has(policyName))
        throw new TwinError(
          `[FATAL] unable to attach group policy (${groupName} ${policyName}): The canned policy does not exist.`,
        );
      groups
        .of(state)
        .set(groupName, { ...found, policies: [...without(found.policies, policyName), policyName] });
    });
    return { id: `${groupName}-${policyName}`, outputs: inputs };
  },
  read(recorded, { world }) {
    const { groupName, other } = namesOf(recorded.outputs, "policyName");
    const found = world.read((state) => loaded(groups.of(state), groupName));
    return found.policies.includes(other) ? recorded : undefined;
  },
  delete(recorded, { world }) {
    const { groupName, other } = namesOf(recorded.outputs, "policyName");
    world.change((state) => {
      const found = loaded(groups.of(state), groupName);
      groups.of(state).set(groupName, { ...found, policies: without(found.policies, other) });
    });
  },
});

/** Simulates the membership of one user in a group. */
export const groupUserAttachment = defineResource({
  inputs: { userName: text({ required: true }), groupName: text({ required: true }) },
  create(inputs, { world }) {
    const { groupName, other: userName } = namesOf(inputs, "userName");
    world.change((state) => {
      if (!users.of(state).has(userName)) throw noUser(groupName, userName);
      // MinIO makes the group when there is none.
      const found = groups.of(state).get(groupName) ?? { members: [], policies: [] };
      groups.of(state).set(groupName, { ...found, members: [...without(found.members, userName), userName] });
    });
    return { id: `${groupName}/${userName}`, outputs: inputs };
  },
  read(recorded, { world }) {
    const { groupName, other } = namesOf(recorded.outputs, "userName");
    const found = world.read((state) => loaded(groups.of(state), groupName));
    return found.members.includes(other) ? recorded : undefined;
  },
  delete(recorded, { world }) {
    const { groupName, other: userName } = namesOf(recorded.outputs, "userName");
    world.change((state) => {
      if (!users.of(state).has(userName)) throw noUser(groupName, userName);
      const found = loaded(groups.of(state), groupName);
      groups.of(state).set(groupName, { ...found, members: without(found.members, userName) });
    });
  },
});

function loaded(rows: Rows<Group>, name: string): Group {
  const found = rows.get(name);
  if (found === undefined)
    throw new TwinError(`[FATAL] failed to load group infos (${name}): The specified group does not exist.`);
  return found;
}

const noUser = (groupName: string, userName: string): TwinError =>
  new TwinError(
    `error updating user(s) to group ${groupName}: The specified user does not exist. (${userName})`,
  );

const without = (names: readonly string[], gone: string): string[] => names.filter((name) => name !== gone);

function namesOf(
  properties: Properties,
  key: "policyName" | "userName",
): { groupName: string; other: string } {
  return { groupName: stringAt(properties, "groupName") ?? "", other: stringAt(properties, key) ?? "" };
}
