import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { SpaceliftComponent } from "../component";
import type { SecretString } from "./platform";

/** An image in an archive and where it goes. */
export interface ImageSource {
  /** `backend` or `launcher`. */
  readonly role: string;
  /** Path in the archive, or of the file when the archive was extracted. */
  readonly member: string;
  /** Reference the image is loaded as. */
  readonly reference: string;
  /** Content address of the image: nothing is done while it stays the same. */
  readonly id: string;
  /** Reference to push it as, with registry and tag. */
  readonly target: pulumi.Input<string>;
}

/** The two images of a release: what they are called, and where they come from. */
export interface ReleaseImages {
  /** How they are pushed: straight from the archive, or by Docker. @default "direct" */
  readonly method?: "direct" | "docker";
  /** Release, and the tag of both. */
  readonly version: string;
  /** Repository below the registry's address. */
  readonly backendRepository: string;
  /** Repository below the registry's address. */
  readonly launcherRepository: string;
  /** The archive to push from; undefined when the images are in the registry. */
  readonly archive?:
    | {
        /** Absolute path of the archive, or of the directory it was extracted to. */
        readonly path: string;
        readonly extracted: boolean;
        readonly images: Readonly<
          Record<"backend" | "launcher", Pick<ImageSource, "member" | "reference" | "id">>
        >;
      }
    | undefined;
}

export interface ImagePushArgs {
  /** Absolute path of the vendor's archive, or of the directory it was extracted to. */
  readonly archivePath: string;
  readonly extracted: boolean;
  readonly images: readonly ImageSource[];
  /** Host, or host:port, of the registry. */
  readonly registry: pulumi.Input<string>;
  /** Credentials; undefined for a registry that asks for none. */
  readonly credentials?: { readonly username: pulumi.Input<string>; readonly password: SecretString };
  /** Accept a certificate nobody vouches for. @default false */
  readonly insecureSkipVerify?: boolean;
}

// Values reach the shell as environment, never as text of the script, so that no name can be taken for a command.
const unpackAndLoad = `set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
tar -xzf "$ARCHIVE" -C "$directory" "$MEMBER"
docker image load --quiet --input "$directory/$MEMBER"
docker image tag "$REFERENCE" "$TARGET"`;

const load = `set -eu
docker image load --quiet --input "$MEMBER"
docker image tag "$REFERENCE" "$TARGET"`;

/**
 * Pushes images from the vendor's archive to a registry through the local Docker daemon, both at the same time. An
 * image that is in the registry stays there when its resource goes: an older release must remain to be rolled back to.
 */
export class ImagePush extends SpaceliftComponent {
  readonly pushed: readonly docker.RegistryImage[];

  constructor(name: string, args: ImagePushArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spacelift:platform:ImagePush", name, opts);
    const registry = new docker.Provider(
      this.child("registry"),
      {
        registryAuth: [
          args.credentials
            ? {
                address: args.registry,
                username: args.credentials.username,
                password: args.credentials.password,
              }
            : { address: args.registry, authDisabled: true },
        ],
      },
      { parent: this },
    );
    this.pushed = args.images.map((image) => {
      const loaded = new command.local.Command(
        this.child(`load-${image.role}`),
        {
          create: args.extracted ? load : unpackAndLoad,
          environment: {
            ...(args.extracted ? {} : { ARCHIVE: args.archivePath }),
            MEMBER: image.member,
            REFERENCE: image.reference,
            TARGET: image.target,
          },
          triggers: [image.id, image.target],
        },
        { parent: this },
      );
      return new docker.RegistryImage(
        this.child(image.role),
        {
          name: image.target,
          insecureSkipVerify: args.insecureSkipVerify ?? false,
          keepRemotely: true,
          triggers: { image: image.id },
        },
        { parent: this, provider: registry, dependsOn: loaded },
      );
    });
    this.registerOutputs();
  }
}
