import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { output } from "@pulumi/pulumi";
import { Issuer, type IssuerKind, issuerName } from "../../components/cluster/issuer";
import { runCommand } from "../../peers/run-command";
import { inOrder } from "../engine/support";
import { SecretValue } from "../support/inventory";
import { authority } from "../support/peers/authority";
import { run } from "../support/run";
import { until } from "./ground/api-client";
import { goBuildTimeout, goProgram } from "./ground/go-programs";
import { helmPrograms } from "./ground/programs";
import { liveTimeout, secretValue, withGround, withIngressClass } from "./support";

const domain = "spacelift.example.com";
const secrets = "/api/v1/namespaces/default/secrets";
const ingresses = "/apis/networking.k8s.io/v1/namespaces/default/ingresses";
const certificates = "/apis/cert-manager.io/v1/namespaces/default/certificates";

/** Inputs with their secrets in clear. */
const opened = (value: unknown): unknown => {
  if (value instanceof SecretValue) return opened(value.value);
  if (Array.isArray(value)) return value.map(opened);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, opened(each)]));
};

describe("cert-manager, with the issuers of the program", function () {
  this.timeout(liveTimeout);
  inOrder();
  const ground = withGround();
  withIngressClass("nginx");
  const api = () => ground().cluster.api;
  const own = authority("Example CA");
  const ownKind = {
    type: "ca",
    certificate: own.certificate,
    privateKey: output(own.privateKey),
  } as const satisfies IssuerKind;

  const helm = async (...args: readonly string[]): Promise<void> => {
    const { kubeconfigPath } = ground().cluster;
    const named = ["--kubeconfig", kubeconfigPath, "--namespace", "cert-manager"];
    const { code, stderr } = await runCommand(await goProgram(helmPrograms), [...named, ...args]);
    assert.equal(code, 0, stderr);
  };

  before(async function () {
    this.timeout(goBuildTimeout);
    const values = ["--set", "crds.enabled=true", "--create-namespace", "--wait", "--timeout", "10m"];
    await helm("install", "cert-manager", ground().charts["charts.certManager.chart"], ...values);
  });
  after(async () => {
    await helm("uninstall", "cert-manager", "--wait");
    await api().remove("/api/v1/namespaces/cert-manager");
    const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    // They outlive their release, as the chart's own do.
    for (const { metadata } of await api().list(definitions)) {
      if (metadata.name.endsWith("cert-manager.io")) await api().remove(`${definitions}/${metadata.name}`);
    }
    await api().remove(`${secrets}/cert`);
  });

  /** Makes what the component declares for a kind of issuer. */
  async function declare(kind: IssuerKind): Promise<void> {
    const { inventory } = await run(
      () => new Issuer("issuer", { kind, certManagerNamespace: "cert-manager", certManagerReady: [] }),
    );
    for (const { type, inputs } of inventory.resources) {
      const [, version = "", resource = ""] = type.split(":");
      if (resource === "Issuer") continue;
      const group = version === "core/v1" ? "/api/v1" : `/apis/${version}`;
      const { metadata, ...rest } = opened(inputs) as { readonly metadata: { readonly name: string } };
      const place = resource === "ClusterIssuer" ? group : `${group}/namespaces/cert-manager`;
      await api().must(
        "PATCH",
        `${place}/${resource.toLowerCase()}s/${metadata.name}?fieldManager=tests&force=true`,
        { apiVersion: version.replace("core/", ""), kind: resource, ...rest, metadata },
        "application/apply-patch+yaml",
      );
    }
  }

  /** Has the domain's Ingress ask an issuer for its certificate. */
  const ask = (kind: IssuerKind): Promise<unknown> =>
    api().must(
      "PATCH",
      `${ingresses}/server-v4?fieldManager=tests&force=true`,
      {
        apiVersion: "networking.k8s.io/v1",
        kind: "Ingress",
        metadata: { name: "server-v4", annotations: { "cert-manager.io/cluster-issuer": issuerName(kind) } },
        spec: {
          ingressClassName: "nginx",
          tls: [{ hosts: [domain], secretName: "cert" }],
          rules: [
            {
              host: domain,
              http: {
                paths: [
                  {
                    path: "/",
                    pathType: "Prefix",
                    backend: { service: { name: "spacelift-server", port: { name: "server" } } },
                  },
                ],
              },
            },
          ],
        },
      },
      "application/apply-patch+yaml",
    );

  const served = async (): Promise<X509Certificate | undefined> => {
    const secret = await api().find(`${secrets}/cert`);
    const chain = secret && secretValue(secret, "tls.crt");
    return chain === undefined ? undefined : new X509Certificate(chain);
  };

  const servedBy = async (
    who: string,
    isSigned: (certificate: X509Certificate) => boolean,
  ): Promise<X509Certificate> => {
    await until(`${domain} has a certificate of ${who}`, async () => {
      const certificate = await served();
      return certificate !== undefined && isSigned(certificate);
    });
    const certificate = await served();
    assert.equal(certificate?.checkHost(domain), domain);
    return certificate;
  };

  let serialNumber = "";

  it("issues for the domain from a CA that signs itself", async () => {
    const kind = { type: "selfSigned", commonName: "Spacelift" } as const;
    await declare(kind);
    await ask(kind);
    const root = async () => api().find("/api/v1/namespaces/cert-manager/secrets/spacelift-ca");
    await until("the CA has its certificate", async () => {
      const secret = await root();
      return secret !== undefined && secretValue(secret, "tls.crt") !== undefined;
    });
    const secret = await root();
    const ca = new X509Certificate((secret && secretValue(secret, "tls.crt")) ?? "");
    ({ serialNumber } = await servedBy("the CA", (each) => each.verify(ca.publicKey)));
  });

  it("issues anew when the operator's CA takes over", async () => {
    await declare(ownKind);
    await ask(ownKind);
    const { publicKey } = new X509Certificate(own.certificate);
    const issued = await servedBy("the operator's CA", (each) => each.verify(publicKey));
    assert.notEqual(issued.serialNumber, serialNumber);
  });

  it("issues anew when an ACME server takes over, which proves the domain by HTTP-01", async () => {
    const kind = {
      type: "acme",
      email: "platform@example.com",
      server: ground().issuing.acmeServer,
      ingressClassName: "nginx",
    } as const;
    await declare(kind);
    await ask(kind);
    await servedBy("Pebble", ({ issuer }) => issuer.includes("Pebble"));
  });

  it("and goes back to a CA as well", async () => {
    await ask(ownKind);
    const { publicKey } = new X509Certificate(own.certificate);
    await servedBy("the operator's CA", (each) => each.verify(publicKey));
    await api().remove(`${ingresses}/server-v4`);
    await until(
      "the certificate goes with its Ingress",
      async () => (await api().list(certificates)).length === 0,
    );
  });
});
