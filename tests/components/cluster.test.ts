import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { CertManager } from "../../components/cluster/cert-manager";
import { IngressController } from "../../components/cluster/ingress-controller";
import { Issuer, type IssuerKind, issuerName, letsEncrypt } from "../../components/cluster/issuer";
import { type Inventory, absent, secret } from "../support/inventory";
import { run } from "../support/run";

const issuerType = "kubernetes:cert-manager.io/v1:ClusterIssuer";
const releaseType = "kubernetes:helm.sh/v3:Release";

const issuer = async (kind: IssuerKind): Promise<Inventory> =>
  (
    await run(() => {
      const ready = new pulumi.ComponentResource("test:index:CertManager", "webhook");
      new Issuer("issuer", { kind, certManagerNamespace: "cert-manager", certManagerReady: [ready] });
    })
  ).inventory;

describe("Issuer", () => {
  it("comes after the CRDs and the webhook, and so goes before them", async () => {
    const inventory = await issuer({
      type: "acme",
      email: "a@b.c",
      server: "https://acme",
      ingressClassName: "nginx",
    });
    assert.deepEqual(inventory.one(issuerType).options.dependsOn, ["webhook"]);
  });

  it("answers ACME challenges through the ingress class", async () => {
    const inventory = await issuer({
      type: "acme",
      email: "a@b.c",
      server: letsEncrypt.production,
      ingressClassName: "nginx",
    });
    inventory.has(issuerType, "issuer-letsencrypt-issuer", {
      metadata: { name: "spacelift-letsencrypt" },
      spec: {
        acme: {
          server: letsEncrypt.production,
          privateKeySecretRef: { name: "spacelift-letsencrypt-account" },
          solvers: [{ http01: { ingress: { ingressClassName: "nginx" } } }],
        },
      },
    });
  });

  it("makes Let's Encrypt's staging issuer beside another on demand, and once only", async () => {
    const acme = { type: "acme", email: "a@b.c", ingressClassName: "nginx", stagingBeside: true } as const;
    const both = await issuer({ ...acme, server: letsEncrypt.production });
    both.count(issuerType, 2);
    both.has(issuerType, "issuer-letsencrypt-issuer", {
      spec: { acme: { server: letsEncrypt.production } },
    });
    both.has(issuerType, "issuer-letsencrypt-staging-issuer", {
      metadata: { name: "spacelift-letsencrypt-staging" },
      spec: {
        acme: {
          server: letsEncrypt.staging,
          privateKeySecretRef: { name: "spacelift-letsencrypt-staging-account" },
        },
      },
    });
    (await issuer({ ...acme, server: letsEncrypt.staging })).count(issuerType, 1);
    (await issuer({ ...acme, server: letsEncrypt.production, stagingBeside: false })).count(issuerType, 1);
  });

  it("keeps the key of a given CA secret", async () => {
    const inventory = await issuer({ type: "ca", certificate: "PEM", privateKey: pulumi.secret("planted") });
    inventory.has("kubernetes:core/v1:Secret", "issuer-ca", {
      metadata: { name: "spacelift-ca-key-pair", namespace: "cert-manager" },
      stringData: secret({ "tls.crt": "PEM", "tls.key": "planted" }),
    });
    inventory.has(issuerType, "issuer-ca-issuer", {
      metadata: { name: "spacelift-ca" },
      spec: { ca: { secretName: "spacelift-ca-key-pair" } },
    });
  });

  it("signs its own CA, so that there is one certificate to trust", async () => {
    const inventory = await issuer({ type: "selfSigned", commonName: "Spacelift" });
    inventory.has(issuerType, "issuer-root", {
      metadata: { name: "spacelift-root" },
      spec: { selfSigned: {} },
    });
    inventory.has("kubernetes:cert-manager.io/v1:Certificate", "issuer-ca-certificate", {
      metadata: { namespace: "cert-manager" },
      spec: { isCA: true, secretName: "spacelift-ca", issuerRef: { name: "spacelift-root" } },
    });
    inventory.has(issuerType, "issuer-self-signed-issuer", {
      metadata: { name: "spacelift-self-signed" },
      spec: { ca: { secretName: "spacelift-ca" } },
    });
  });
});

// cert-manager issues anew when the reference to the issuer changes, not when the issuer does: the function
// SecretIssuerAnnotationsMismatch in internal/controller/certificates/policies/checks.go.
describe("the name of an issuer", () => {
  const acme = (server: string): IssuerKind => ({
    type: "acme",
    email: "a@b.c",
    server,
    ingressClassName: "nginx",
  });
  const signers: Readonly<Record<string, IssuerKind>> = {
    "spacelift-letsencrypt": acme(letsEncrypt.production),
    "spacelift-letsencrypt-staging": acme(letsEncrypt.staging),
    "spacelift-acme-ca.example.com": acme("https://ca.example.com/acme/acme/directory"),
    "spacelift-acme-ca.example.com-8443": acme("https://CA.example.com:8443/dir"),
    "spacelift-acme-2001-db8-1": acme("https://[2001:db8::1]/dir"),
    "spacelift-ca": { type: "ca", certificate: "PEM", privateKey: pulumi.secret("planted") },
    "spacelift-self-signed": { type: "selfSigned", commonName: "Spacelift" },
  };
  for (const [name, kind] of Object.entries(signers)) {
    it(`is ${name} for its signer`, () => {
      assert.equal(issuerName(kind), name);
      assert.match(name, /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/);
    });
  }
});

describe("CertManager", () => {
  const certManager = async (avoidExactPaths: boolean): Promise<Inventory> =>
    (
      await run(() => {
        const args = { namespace: "cert-manager", namespaceLabels: { a: "b" }, chart: {}, helmValues: {} };
        new CertManager("cert-manager", { ...args, avoidExactPaths });
      })
    ).inventory;

  it("waits for the webhook and leaves the CRDs behind", async () => {
    const inventory = await certManager(false);
    inventory.has(releaseType, "cert-manager-release", {
      chart: "cert-manager",
      waitForJobs: true,
      atomic: true,
      values: { crds: { enabled: true, keep: true }, config: absent },
    });
    // The requests and the namespace of the vendor's guide to AKS.
    const resources = { requests: { cpu: "100m", memory: "256Mi" } };
    inventory.has(releaseType, "cert-manager-release", {
      values: {
        global: { leaderElection: { namespace: "cert-manager" } },
        resources,
        webhook: { resources },
        cainjector: { resources },
        startupapicheck: { resources },
      },
    });
    inventory.has("kubernetes:core/v1:Namespace", "cert-manager-namespace", {
      metadata: { labels: { a: "b" } },
    });
  });

  it("avoids the paths that a given ingress-nginx refuses", async () => {
    const inventory = await certManager(true);
    inventory.has(releaseType, "cert-manager-release", {
      values: { config: { featureGates: { ACMEHTTP01IngressPathTypeExact: false } } },
    });
  });
});

describe("IngressController", () => {
  for (const controller of ["traefik", "ingress-nginx"] as const) {
    it(`installs ${controller} into its namespace`, async () => {
      const { inventory } = await run(() => {
        new IngressController("ingress", {
          controller,
          namespace: controller,
          namespaceLabels: {},
          className: "spacelift",
          replicas: 2,
          serviceType: "LoadBalancer",
          serviceAnnotations: { "example.com/internal": "true" },
          allowedRanges: [],
          chart: { version: "99.0.0" },
          helmValues: { global: { extra: true } },
        });
      });
      inventory.has(releaseType, "ingress-release", {
        chart: controller,
        name: controller,
        namespace: controller,
        version: "99.0.0",
        values: { global: { extra: true } },
      });
      assert.match(JSON.stringify(inventory.one(releaseType).inputs), /"example\.com\/internal":"true"/);
      // The chart of ingress-nginx asks for as much by itself.
      if (controller === "traefik")
        inventory.has(releaseType, "ingress-release", {
          values: { resources: { requests: { cpu: "100m", memory: "128Mi" } } },
        });
    });
  }
});
