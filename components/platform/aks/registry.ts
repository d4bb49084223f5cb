import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as pulumi from "@pulumi/pulumi";
import { SpaceliftComponent } from "../../component";
import type { AzureScope, GivenResource } from "./scope";

/** Arguments of {@link Registry}. */
export interface RegistryArgs {
  readonly scope: AzureScope;
  /** World-unique name of the registry that is made, or one that is there. */
  readonly registry: pulumi.Input<string> | GivenResource;
  readonly sku: "Basic" | "Standard" | "Premium";
  /** Let everybody pull without logging in: for the launcher alone. */
  readonly anonymousPull: boolean;
}

const isGiven = (registry: RegistryArgs["registry"]): registry is GivenResource =>
  typeof registry === "object" && "resourceGroup" in registry;

/** A container registry without an administrator's password. */
export class Registry extends SpaceliftComponent {
  readonly registryId: pulumi.Output<string>;
  readonly registryName: pulumi.Output<string>;
  /** Host of the registry. */
  readonly loginServer: pulumi.Output<string>;

  constructor(name: string, args: RegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spacelift:aks:Registry", name, opts);
    const { scope, registry } = args;
    if (isGiven(registry)) {
      this.registryId = pulumi.output(registry.id);
      this.registryName = pulumi.output(registry.name);
      this.loginServer = containerregistry.getRegistryOutput(
        { resourceGroupName: registry.resourceGroup, registryName: registry.name },
        { parent: this },
      ).loginServer;
    } else {
      const made = new containerregistry.Registry(
        this.child("registry"),
        {
          resourceGroupName: scope.resourceGroupName,
          location: scope.location,
          tags: scope.tags,
          registryName: registry,
          sku: { name: args.sku },
          adminUserEnabled: false,
          anonymousPullEnabled: args.anonymousPull,
          // The login of the push starts from a token for Azure Resource Manager.
          policies: { azureADAuthenticationAsArmPolicy: { status: "enabled" } },
        },
        { parent: this },
      );
      this.registryId = made.id;
      this.registryName = made.name;
      this.loginServer = made.loginServer;
    }
    this.registerOutputs();
  }
}
