import { objectAt, textOf } from "../../framework";
import { cloudFacts } from "../clouds";
import { isRegion } from "../regions";
import type { ArmRequest, ArmType } from "./definition";
import { definitionOf } from "./definitions";
import { invalidParameter, referenceNotFound } from "./errors";
import { findResource, locationOf, referencesIn } from "./lookup";
import { toProperties } from "./outputs";
import { nameOfId, typeOfId } from "./resource-id";

const MOST_TAGS = 50;
const MOST_TAGS_OF_STORAGE = 15;

/** Throws when a resource is to be in a region that there is not, or in one although its type is in none. */
export function requireLocation(type: ArmType, { id, location = "", inputs, client }: ArmRequest): void {
  if (type.located !== true) return;
  const isOffered =
    type.isGlobal === true
      ? location === "global"
      : isRegion(location) && cloudFacts[client.cloud].isRegion(location);
  if (isOffered) return;
  const given = textOf(inputs["location"]);
  if (typeOfId(id) === "Microsoft.Resources/resourceGroups")
    throw invalidParameter(
      `The provided location '${given}' is not available for resource group '${nameOfId(id)}'.`,
      "LocationNotAvailableForResourceGroup",
    );
  throw invalidParameter(
    `The provided location '${given}' is not available for resource type '${typeOfId(id)}'` +
      (type.isGlobal === true ? "; it must be 'global'." : "."),
    "LocationNotAvailableForResourceType",
  );
}

/** Throws when a resource has more or longer tags than it may have, or tags with characters that are kept. */
export function requireFitTags({ id, inputs }: ArmRequest): void {
  const tags = Object.entries(objectAt(inputs, "tags"));
  const isStorage = typeOfId(id).startsWith("Microsoft.Storage/");
  const most = isStorage ? MOST_TAGS_OF_STORAGE : MOST_TAGS;
  if (tags.length > most)
    throw invalidParameter(`The resource ${id} has ${tags.length} tags, more than ${most}.`, "TooManyTags");
  for (const [name, value] of tags) {
    if (/[<>%&\\?/]/.test(name))
      throw invalidParameter(
        `The tag names '${name}' have reserved characters '<,>,%,&,\\,?,/' or control characters.`,
        "InvalidTagNameCharacters",
      );
    if (name.length > (isStorage ? 128 : 512) || textOf(value).length > 256)
      throw invalidParameter(`The tag '${name}' of ${id} is too long.`, "InvalidTag");
  }
}

/** Throws when something that is referred to is not there, or is in another region than the network that refers to it. */
export function requireReferences(type: ArmType, request: ArmRequest): void {
  const { state, id, inputs, world, location } = request;
  for (const reference of referencesIn(toProperties(type, inputs, world))) {
    const target = definitionOf(reference.id);
    if (target === undefined) continue;
    if (findResource(state, reference.id) === undefined) throw referenceNotFound(reference.id, id);
    const areNetworks = [id, reference.id].every((each) => typeOfId(each).startsWith("Microsoft.Network/"));
    const isFar = target.isGlobal !== true && locationOf(state, reference.id) !== location;
    if (areNetworks && type.isGlobal !== true && isFar) throw referenceNotFound(reference.id, id);
  }
}
