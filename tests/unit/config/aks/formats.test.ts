import { configuredAks, givenIds } from "../../../support/azure-configurations";
import { rejects, wrongFrom } from "../../../support/wrong-configurations";

const wrong = wrongFrom(configuredAks);

describe("formats of the Azure target", () => {
  rejects([
    wrong(
      "an id with what a terminal adds to a paste",
      { aks: { registry: { id: `${givenIds.registry}\u001b[201~` } } },
      '`spacelift:aks.registry.id`: must be the id of a resource of type Microsoft.ContainerRegistry/registries, got "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/corporate…; run `pulumi config set --path spacelift:aks.registry.id /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shared/providers/Microsoft.ContainerRegistry/registries/corporate`',
    ),
    wrong(
      "a range with leading zeros",
      { aks: { network: { addressSpace: "010.030.0.0/16" } } },
      '`spacelift:aks.network.addressSpace`: must be an IPv4 range that starts at its first address, such as 10.30.0.0/16, got "010.030.0.0/16"; run `pulumi config set --path spacelift:aks.network.addressSpace 10.30.0.0/16`',
    ),
    wrong(
      "a length of a range with a leading zero",
      { aks: { network: { podCidr: "10.244.0.0/016" } } },
      '`spacelift:aks.network.podCidr`: must be an IPv4 range that starts at its first address, such as 10.30.0.0/16, got "10.244.0.0/016"; run `pulumi config set --path spacelift:aks.network.podCidr 10.244.0.0/16`',
    ),
    wrong(
      "a tag that Azure would refuse",
      { aks: { tags: { "cost/centre": "1" } } },
      '`spacelift:aks.tags["cost/centre"]`: must be the name of a tag: at most 128 characters, none of `<>%&\\?/`, got "cost/centre"; run `pulumi config rm --path \'spacelift:aks.tags["cost/centre"]\'`',
    ),
    wrong(
      "a tag that is too long",
      { aks: { tags: { team: "x".repeat(257) } } },
      "`spacelift:aks.tags.team`: must have at most 256 characters, got \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…; run `pulumi config set --path spacelift:aks.tags.team '<value>'`",
    ),
  ]);
});
