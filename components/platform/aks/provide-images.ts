import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { SpaceliftComponent } from "../../component";
import { DirectPush } from "../direct-push";
import type { ImageSource } from "../image-push";
import type { ImagesPlatform, SecretString } from "../platform";
import { registryPassword, tokenUsername } from "./acr-login";
import type { AksPlatformArgs } from "./args";
import type { Owner } from "./provide-cluster";
import type { Registry } from "./registry";

/**
 * The images: pushed from the archive while the cluster and the database are still being created, or existing ones.
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
  const push = (): DirectPush | RegistryPush | undefined => {
    if (!archive) return undefined;
    const mainLogin = login(main);
    const logins = { backend: mainLogin, launcher: launcher ? login(launcher) : mainLogin };
    const sources = (["backend", "launcher"] as const).map((role) => ({
      role,
      ...archive.images[role],
      ...logins[role],
      target: pulumi.interpolate`${repositories[role]}:${version}`,
    }));
    const { path: archivePath, extracted } = archive;
    const opts = { parent: owner.resource };
    if (images.method === "docker") {
      return new RegistryPush(owner.child("images"), { archivePath, extracted, images: sources }, opts);
    }
    const pushed = sources.map(({ registry: _, password, ...source }) => ({
      ...source,
      credentials: { username: tokenUsername, password },
    }));
    return new DirectPush(owner.child("images"), { archivePath, extracted, images: pushed }, opts);
  };
  const pushes = push();
  return {
    backend: pulumi.interpolate`${repositories.backend}:${version}`,
    launcherRepository: repositories.launcher,
    tag: version,
    // The nodes pull with an identity of their own.
    pullSecretNames: [],
    pushed: [...(pushes?.pushed ?? []), ...(pullRole ? [pullRole] : [])],
    ...(pushes instanceof DirectPush && { digests: pushes.digests }),
  };
}

interface PushedImage extends ImageSource {
  /** Host of the registry. */
  readonly registry: pulumi.Input<string>;
  /** Short-lived password for it. */
  readonly password: SecretString;
}

export interface RegistryPushArgs {
  /** Absolute path of the vendor's archive, or of the directory it was extracted to. */
  readonly archivePath: string;
  readonly extracted: boolean;
  readonly images: readonly PushedImage[];
}

// Values reach the shell as environment, never as text of the script. The password reaches the client through a
// credential helper that reads it from the environment: neither an argument nor a file ever holds it. A configuration
// folder of its own would hide the client's contexts, hence the look at the current one.
const script = (unpack: boolean): string => `set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
${unpack ? 'tar -xzf "$ARCHIVE" -C "$directory" "$MEMBER"\nfile=$directory/$MEMBER' : "file=$MEMBER"}
docker image load --quiet --input "$file"
docker image tag "$REFERENCE" "$TARGET"
if [ -z "\${DOCKER_HOST:-}" ]; then
  host=$(docker context inspect --format '{{.Endpoints.docker.Host}}' 2>/dev/null || true)
  if [ -n "$host" ]; then export DOCKER_HOST="$host"; fi
fi
mkdir "$directory/bin" "$directory/client"
cat > "$directory/bin/docker-credential-environment" <<'HELPER'
#!/bin/sh
cat > /dev/null
if [ "$1" = get ]; then
  printf '{"ServerURL":"%s","Username":"%s","Secret":"%s"}' "$REGISTRY" "$REGISTRY_USERNAME" "$REGISTRY_PASSWORD"
fi
HELPER
chmod 700 "$directory/bin/docker-credential-environment"
printf '{"credHelpers":{"%s":"environment"}}' "$REGISTRY" > "$directory/client/config.json"
PATH="$directory/bin:$PATH" DOCKER_CONFIG="$directory/client" docker image push --quiet "$TARGET"`;

/**
 * Pushes images from the vendor's archive, by Docker, to registries whose passwords last hours.
 *
 * Such a password is another one at every run. In the state of a provider it would be an update each time, and one that
 * is kept would be refused a day later, when a refresh or the next release needs it. So each image is pushed by one
 * command that takes the password as a secret variable, and only another image or target, its triggers, make it run again:
 * changes of the script and its variables are ignored, as an update would run with the stale password. The command is
 * then replaced, and a replacement starts from the program's values again, so with a fresh password. What is stored is
 * encrypted and soon worthless. An image stays in the registry when its command goes, for an older release to be rolled
 * back to.
 */
export class RegistryPush extends SpaceliftComponent {
  readonly pushed: readonly command.local.Command[];

  constructor(name: string, args: RegistryPushArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spacelift:aks:RegistryPush", name, opts);
    this.pushed = args.images.map(
      (image) =>
        new command.local.Command(
          this.child(image.role),
          {
            create: script(!args.extracted),
            environment: {
              ...(args.extracted ? {} : { ARCHIVE: args.archivePath }),
              MEMBER: image.member,
              REFERENCE: image.reference,
              TARGET: image.target,
              REGISTRY: image.registry,
              REGISTRY_USERNAME: tokenUsername,
              REGISTRY_PASSWORD: image.password,
            },
            triggers: [image.id, image.target],
          },
          { parent: this, ignoreChanges: ["create", "environment"] },
        ),
    );
    this.registerOutputs();
  }
}
