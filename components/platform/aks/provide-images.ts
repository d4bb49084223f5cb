import * as pulumi from "@pulumi/pulumi";
import type { ImagesPlatform } from "../platform";
import { registryPassword } from "./acr-login";
import type { AksPlatformArgs } from "./args";
import type { Owner } from "./provide-cluster";
import type { Registry } from "./registry";
import { type PushedImage, RegistryPush } from "./registry-push";

/**
 * The images: pushed from the archive while the cluster and the database are still being made, or there already.
 *
 * @param launcher the registry everybody may pull the launcher from, if there is one
 * @param pullRole the nodes' right to pull, where it is assigned here
 */
export function provideImages(
  owner: Owner,
  { images, login: loginOptions }: AksPlatformArgs,
  main: Registry,
  launcher: Registry | undefined,
  pullRole: pulumi.Resource | undefined,
): ImagesPlatform {
  const { version, archive } = images;
  const repositories = {
    backend: pulumi.interpolate`${main.loginServer}/${images.backendRepository}`,
    launcher: pulumi.interpolate`${(launcher ?? main).loginServer}/${images.launcherRepository}`,
  };
  const login = (of: Registry): Pick<PushedImage, "registry" | "password"> => ({
    registry: of.loginServer,
    password: registryPassword({ ...loginOptions, loginServer: of.loginServer }, { provider: owner.azure }),
  });
  const push = (): readonly pulumi.Resource[] => {
    if (!archive) return [];
    const mainLogin = login(main);
    const logins = { backend: mainLogin, launcher: launcher ? login(launcher) : mainLogin };
    return new RegistryPush(
      owner.child("images"),
      {
        archivePath: archive.path,
        extracted: archive.extracted,
        images: (["backend", "launcher"] as const).map((role) => ({
          role,
          ...archive.images[role],
          ...logins[role],
          target: pulumi.interpolate`${repositories[role]}:${version}`,
        })),
      },
      { parent: owner.resource },
    ).pushed;
  };
  return {
    backend: pulumi.interpolate`${repositories.backend}:${version}`,
    launcherRepository: repositories.launcher,
    tag: version,
    // The nodes pull with an identity of their own.
    pullSecretNames: [],
    pushed: [...push(), ...(pullRole ? [pullRole] : [])],
  };
}
