import { describeLife } from "./life";
import { liveTimeout } from "./support";

describe("the life of a stack on AKS on a real API server, with Azure simulated", function () {
  this.timeout(liveTimeout);
  describeLife({
    stack: "aks",
    config: ({ issuing }) => ({
      tls: { mode: "acme", email: "platform@mycompany.com", server: issuing.acmeServer },
    }),
    domain: "spacelift.mycompany.com",
    newVersion: "v4.1.0",
    // Pebble makes an authority of its own whenever it starts.
    signedBy: () => Promise.resolve(({ issuer }) => issuer.includes("Pebble")),
    thenSignedBy: {
      tls: { mode: "selfSigned" },
      isSigned: ({ issuer }) => !issuer.includes("Pebble"),
    },
  });
});
