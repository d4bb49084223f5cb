import * as pulumi from "@pulumi/pulumi";

const ofOlderSdk = (alias: pulumi.Input<pulumi.URN | pulumi.Alias>): boolean =>
  typeof alias === "object" &&
  "type" in alias &&
  typeof alias.type === "string" &&
  alias.type.startsWith("azure-native:");

/**
 * Takes away the aliases with which the SDK lets a resource be found under the type tokens of its former versions, up to
 * a hundred of each. No stack of this program was made with one of those, and resolving them takes more memory than the
 * whole rest of a preview. Aliases of this program's own stay.
 */
export const withoutTypeAliases: pulumi.ResourceTransformation = ({ props, opts }) => {
  const { aliases } = opts;
  if (!aliases || pulumi.Output.isInstance(aliases) || aliases instanceof Promise) return undefined;
  return { props, opts: { ...opts, aliases: aliases.filter((alias) => !ofOlderSdk(alias)) } };
};
