import { X509Certificate } from "node:crypto";
import { authority } from "../support/peers/authority";
import { describeLife } from "./life";
import { liveTimeout, secretValue, withIngressClass } from "./support";

const own = authority("Example CA");
const { publicKey } = new X509Certificate(own.certificate);

describe("the life of an on-premises stack on a real API server", function () {
  this.timeout(liveTimeout);
  withIngressClass("nginx");
  describeLife({
    stack: "onprem",
    config: ({ cluster }) => ({
      "onprem.kubernetes.kubeconfigPath": cluster.deployer.kubeconfigPath,
      tls: { mode: "selfSigned" },
      "upgrade.backup": true,
    }),
    domain: "spacelift.example.com",
    newVersion: "v3.7.0",
    signedBy: async ({ cluster }) => {
      const root = await cluster.api.get("/api/v1/namespaces/cert-manager/secrets/spacelift-ca");
      const ca = new X509Certificate(secretValue(root, "tls.crt") ?? "");
      return (certificate) => certificate.verify(ca.publicKey);
    },
    thenSignedBy: {
      tls: { mode: "ca", certificate: own.certificate },
      secrets: { caPrivateKey: own.privateKey },
      isSigned: (certificate) => certificate.verify(publicKey),
    },
  });
});
