import {
  computed,
  defineResource,
  type Failure,
  isProperties,
  listAt,
  listOf,
  mapOf,
  numeric,
  object,
  omit,
  type Properties,
  stringAt,
  text,
  textOf,
  type Value,
  type World,
} from "../framework";
import { existing } from "./bucket";
import { buckets } from "./tables";

const ACTIONS: readonly string[] = ["expiration", "noncurrentVersionExpirationDays"];

/** Simulates the lifecycle rules of a bucket. */
export const lifecyclePolicy = defineResource({
  inputs: {
    bucket: text({ required: true }),
    rules: listOf(
      object({
        id: text({ required: true }),
        expiration: text({ check: (value) => expirationComplaint(textOf(value)) }),
        filter: text(),
        noncurrentVersionExpirationDays: numeric({ integer: true, min: 1 }),
        status: computed(),
        tags: mapOf(text()),
      }),
      { required: true },
    ),
  },
  replaceOn: ["bucket"],
  check: (inputs) => listAt(inputs, "rules").flatMap(checkRule),
  preview: (inputs) => ({ rules: enabled(inputs) }),
  create(inputs, { world }) {
    const bucket = stringAt(inputs, "bucket") ?? "";
    setRules(world, bucket, enabled(inputs));
    return { id: bucket, outputs: { ...inputs, rules: enabled(inputs) } };
  },
  read(recorded, { world }) {
    const live = world.read((state) => buckets.of(state).get(recorded.id))?.lifecycle;
    if (!Array.isArray(live)) return undefined;
    const declared = live.map((rule) => (isProperties(rule) ? omit(rule, "status") : rule));
    return {
      id: recorded.id,
      inputs: { ...recorded.inputs, rules: declared },
      outputs: { ...recorded.outputs, rules: live },
    };
  },
  update(before, inputs, { world }) {
    setRules(world, before.id, enabled(inputs));
    return { ...inputs, rules: enabled(inputs) };
  },
  delete(recorded, { world }) {
    world.change((state) => {
      const { acl, objectLocking, objects, versioning } = existing(buckets.of(state), recorded.id);
      buckets.of(state).set(recorded.id, {
        acl,
        objectLocking,
        objects,
        ...(versioning === undefined ? {} : { versioning }),
      });
    });
  },
});

function checkRule(rule: Value, index: number): Failure[] {
  if (!isProperties(rule) || ACTIONS.some((action) => rule[action] !== undefined)) return [];
  return [
    { property: `rules[${index}]`, reason: `a rule must do something: set one of ${ACTIONS.join(", ")}` },
  ];
}

function expirationComplaint(value: string): string | undefined {
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value));
  if (/^[1-9]\d*d$/.test(value) || isDate || value === "DeleteMarker") return undefined;
  return 'expiration must be a duration (5d), date (1970-01-01), or "DeleteMarker"';
}

function enabled(inputs: Properties): Value[] {
  return listAt(inputs, "rules").map((rule) => (isProperties(rule) ? { ...rule, status: "Enabled" } : rule));
}

function setRules(world: World, name: string, rules: Value[]): void {
  world.change((state) => {
    const rows = buckets.of(state);
    rows.set(name, { ...existing(rows, name), lifecycle: rules });
  });
}
