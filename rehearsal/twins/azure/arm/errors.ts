import { TwinError } from "../../framework";
import { groupOfId, nameOfId, typeOfId } from "./resource-id";

/** The answer for a resource group that is not there. */
export function groupNotFound(id: string): TwinError {
  return new TwinError(
    `Resource group '${nameOfId(groupOfId(id) ?? id)}' could not be found.`,
    "ResourceGroupNotFound",
  );
}

/** The answer for a child whose parent is not there. */
export function parentNotFound(id: string, parent: string): TwinError {
  return new TwinError(
    `Failed to perform 'write' on resource(s) of type '${typeOfId(id)}', because the parent resource '${parent}' could not be found.`,
    "ParentResourceNotFound",
  );
}

/** The answer for a resource that is looked up and is not there. */
export function resourceNotFound(id: string): TwinError {
  return new TwinError(
    `The Resource '${typeOfId(id)}/${nameOfId(id)}' under resource group '${nameOfId(groupOfId(id) ?? "")}' was not found.`,
    "ResourceNotFound",
  );
}

/** The answer for a reference to something that is not there. */
export function referenceNotFound(id: string, by: string): TwinError {
  return new TwinError(
    `Resource ${id} referenced by resource ${by} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`,
    "InvalidResourceReference",
  );
}

/** The answer for a property that cannot be as it is asked for. */
export function invalidParameter(message: string, code = "InvalidParameter"): TwinError {
  return new TwinError(message, code);
}
