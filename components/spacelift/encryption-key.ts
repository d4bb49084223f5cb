import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { SpaceliftComponent } from "../component";
import type { SecretString } from "../platform/platform";

export interface EncryptionKeyArgs {
  /** Refuse to delete the key. @default true */
  readonly protectData?: boolean;
}

/**
 * The RSA key that wraps what the database holds encrypted, created once. It lives in the state of the stack and nowhere
 * else: losing it makes the installation unusable, so it survives a destroy and is an output to be put into escrow.
 */
export class EncryptionKey extends SpaceliftComponent {
  /** base64, on one line, of the unencrypted PKCS#8 PEM: what the services take. */
  readonly privateKey: SecretString;

  constructor(
    name: string,
    { protectData = true }: EncryptionKeyArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spacelift:spacelift:EncryptionKey", name, opts);
    const key = new tls.PrivateKey(
      this.child("rsa"),
      { algorithm: "RSA", rsaBits: 4096 },
      { parent: this, protect: protectData },
    );
    this.privateKey = pulumi.secret(
      key.privateKeyPemPkcs8.apply((pem) => Buffer.from(pem, "utf8").toString("base64")),
    );
    this.registerOutputs();
  }
}
