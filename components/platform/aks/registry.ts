import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as pulumi from "@pulumi/pulumi";
import type { CompleteAks, ExistingResource, NewResource } from "../../../config/aks/parts";
import { SpaceliftComponent } from "../../component";
import type { SeededNames } from "./names";
import type { Owner } from "./provide-cluster";
import type { AzureScope } from "./scope";

export interface RegistryArgs {
  readonly scope: AzureScope;
  readonly registry:
    | ExistingResource
    | (NewResource & {
        /** Unique in the world. */
        readonly name: pulumi.Input<string>;
      });
  readonly sku: CompleteAks["registry"]["sku"];
  /** Let everybody pull without logging in: for the launcher alone. */
  readonly anonymousPull: boolean;
}

/** A container registry without an administrator's password. */
export class Registry extends SpaceliftComponent {
  readonly registryId: pulumi.Output<string>;
  readonly registryName: pulumi.Output<string>;
  /** Host of the registry. */
  readonly loginServer: pulumi.Output<string>;

  constructor(name: string, args: RegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spacelift:aks:Registry", name, opts);
    const { scope, registry } = args;
    if (registry.kind === "existing") {
      this.registryId = pulumi.output(registry.id);
      this.registryName = pulumi.output(registry.name);
      this.loginServer = containerregistry.getRegistryOutput(
        { resourceGroupName: registry.resourceGroup, registryName: registry.name },
        { parent: this },
      ).loginServer;
    } else {
      const created = new containerregistry.Registry(
        this.child("registry"),
        {
          resourceGroupName: scope.resourceGroupName,
          location: scope.location,
          tags: scope.tags,
          registryName: registry.name,
          sku: { name: args.sku },
          adminUserEnabled: false,
          anonymousPullEnabled: args.anonymousPull,
          // The login of the push starts from a token for Azure Resource Manager.
          policies: { azureADAuthenticationAsArmPolicy: { status: "enabled" } },
        },
        { parent: this },
      );
      this.registryId = created.id;
      this.registryName = created.name;
      this.loginServer = created.loginServer;
    }
    this.registerOutputs();
  }
}

/** The registry of the images, and the one everybody may pull the launcher from, if there is one. */
export function provideRegistries(
  owner: Owner,
  { main, sku, anonymousLauncher }: CompleteAks["registry"],
  scope: AzureScope,
  seeded: { readonly [Name in keyof SeededNames]: pulumi.Output<string> },
): { readonly main: Registry; readonly launcher: Registry | undefined } {
  const create = (role: string, registry: RegistryArgs["registry"], anonymousPull: boolean): Registry =>
    new Registry(owner.child(role), { scope, registry, sku, anonymousPull }, owner.inAzure);
  const named = (name: pulumi.Output<string>): RegistryArgs["registry"] => ({ kind: "new", name });
  return {
    main: create("registry", main.kind === "existing" ? main : named(seeded.registry), false),
    launcher: anonymousLauncher ? create("launcher-registry", named(seeded.publicRegistry), true) : undefined,
  };
}
