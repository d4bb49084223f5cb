import { stringAt } from "../../framework";
import type { ArmRequest } from "../arm/definition";
import { definitionOf } from "../arm/definitions";
import { resourceNotFound } from "../arm/errors";
import { findResource } from "../arm/lookup";

/** Throws when what a role, a lock or a setting is put on does not exist. */
export function requireScope({ state, inputs }: ArmRequest): void {
  const scope = stringAt(inputs, "scope") ?? stringAt(inputs, "resourceUri") ?? "";
  if (definitionOf(scope) === undefined || findResource(state, scope) !== undefined) return;
  throw resourceNotFound(scope);
}
