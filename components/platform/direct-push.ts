import { join } from "node:path";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { PushVariables } from "../../images/main";
import { SpaceliftComponent } from "../component";
import type { ImageSource } from "./image-push";
import type { SecretString } from "./platform";

/** An image and who may push it. */
export interface PushedImage extends ImageSource {
  /** @default - the registry asks for none */
  readonly credentials?:
    { readonly username: pulumi.Input<string>; readonly password: SecretString } | undefined;
}

export interface DirectPushArgs {
  /** Absolute path of the vendor's archive, or of the directory it was extracted to. */
  readonly archivePath: string;
  readonly extracted: boolean;
  readonly images: readonly PushedImage[];
  /** Accept a certificate nobody vouches for. @default false */
  readonly insecureSkipVerify?: boolean;
  /** Speak HTTP without TLS. @default false */
  readonly plainHttp?: boolean;
}

const pushImage = join(__dirname, "..", "..", "images", "push-image.cjs");

/**
 * Pushes images straight from the vendor's archive to a registry, without Docker.
 *
 * Each image is pushed by a process of its own, so that neither the program nor the engine holds its bytes, and Pulumi shows
 * what it says while it works. It is told everything by variables: other users of a machine see arguments. Only another
 * image or target, its triggers, make it run again. Changes of the variables are ignored: a password that lasts hours is
 * another one at every run, and paths differ between machines. A command that runs again is replaced, and a replacement
 * starts from the program's values, so with a fresh password. An image stays in the registry when its command goes, for an
 * older release to be rolled back to.
 */
export class DirectPush extends SpaceliftComponent {
  readonly pushed: readonly command.local.Command[];
  /** `sha256:…` of each manifest, by role. */
  readonly digests: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, args: DirectPushArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spacelift:platform:DirectPush", name, opts);
    const pushes = args.images.map((image) => [image.role, this.push(image, args)] as const);
    this.pushed = pushes.map(([, push]) => push);
    // The provider makes every output of a command with a secret variable a secret (pulumi-command, commandController.go).
    this.digests = Object.fromEntries(pushes.map(([role, push]) => [role, pulumi.unsecret(push.stdout)]));
    this.registerOutputs();
  }

  private push(image: PushedImage, args: DirectPushArgs): command.local.Command {
    const environment: Record<keyof PushVariables, pulumi.Input<string>> = {
      ARCHIVE: args.extracted ? "" : args.archivePath,
      MEMBER: image.member,
      IMAGE_ID: image.id,
      ROLE: image.role,
      TARGET: image.target,
      REGISTRY_USERNAME: image.credentials?.username ?? "",
      REGISTRY_PASSWORD: image.credentials?.password ?? "",
      INSECURE: String(args.insecureSkipVerify ?? false),
      PLAIN_HTTP: String(args.plainHttp ?? false),
    };
    return new command.local.Command(
      this.child(image.role),
      {
        interpreter: [process.execPath],
        create: pushImage,
        environment,
        // The digest is a result, what is said on the way is not.
        logging: command.local.Logging.Stderr,
        triggers: [image.id, image.target],
      },
      { parent: this, ignoreChanges: ["create", "environment", "interpreter"] },
    );
  }
}
