import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { type Inventory, SecretValue } from "./inventory";
import { valueOf } from "./run";

/** Every text in a value that is not inside a secret, keys included. */
function visibleTexts(value: unknown): string[] {
  if (value instanceof SecretValue || value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap(visibleTexts);
  if (typeof value === "object")
    return Object.entries(value).flatMap(([key, each]) => [key, ...visibleTexts(each)]);
  return [JSON.stringify(value)];
}

/** Asserts that none of the words stands outside of a secret, in any input of any resource or in any output. */
export async function assertNoLeaks(
  inventory: Inventory,
  outputs: object,
  words: readonly string[],
): Promise<void> {
  const leaksIn = (value: unknown): string[] => {
    const open = visibleTexts(value);
    return words.filter((word) => open.some((text) => text.includes(word)));
  };
  for (const resource of inventory.resources) {
    assert.deepEqual(leaksIn([resource.inputs, resource.name]), [], `${resource.type} ${resource.name}`);
  }
  for (const [name, output] of Object.entries(outputs)) {
    if (pulumi.Output.isInstance(output) && (await pulumi.isSecret(output))) continue;
    assert.deepEqual(leaksIn(await valueOf(pulumi.output<unknown>(output))), [], `output ${name}`);
  }
}
