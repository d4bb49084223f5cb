import assert from "node:assert/strict";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type KubeClient, connectCluster } from "../../../kubernetes/kube-client";
import { z } from "zod";
import { tokens, withKubeApi } from "../../support/kube-api/kube-api";
import { kubeconfigOf } from "../../support/kube-api/kubeconfig";
import { scratchFolder } from "../../support/scratch";

describe("exec plugin", () => {
  const api = withKubeApi();
  const folder = scratchFolder();

  /** Connects with a plugin that is a shell script. */
  async function connectBy(
    script: string,
    { signal = new AbortController().signal, exec = {} }: { signal?: AbortSignal; exec?: object } = {},
  ): Promise<KubeClient> {
    const command = join(folder(), "plugin");
    await writeFile(command, `#!/bin/sh\n${script}\n`);
    await chmod(command, 0o755);
    const user = { exec: { apiVersion: "client.authentication.k8s.io/v1beta1", command, ...exec } };
    return connectCluster({
      content: kubeconfigOf(api, { user }),
      env: { PATH: process.env["PATH"] },
      signal,
    });
  }

  const credential = (status: object): string =>
    `echo '${JSON.stringify({ kind: "ExecCredential", apiVersion: "client.authentication.k8s.io/v1beta1", status })}'`;
  const version = async (client: KubeClient): Promise<string> =>
    (
      await client.read("/version", z.object({ gitVersion: z.string() }), {
        signal: new AbortController().signal,
      })
    ).gitVersion;

  it("logs in with the token that it prints", async () => {
    assert.equal(await version(await connectBy(credential({ token: tokens.admin }))), "v1.34.1");
  });

  it("logs in with the certificate that it prints", async () => {
    const { certificate, privateKey } = api.clientAuthority.issue([]);
    const status = { clientCertificateData: certificate, clientKeyData: privateKey };
    await writeFile(join(folder(), "credential"), JSON.stringify({ kind: "ExecCredential", status }));
    assert.equal(await version(await connectBy(`cat ${join(folder(), "credential")}`)), "v1.34.1");
  });

  it("gets its arguments and variables, and the cluster when it asks for it", async () => {
    const script = `
      [ "$1" = get-token ] && [ "$LOGIN" = spn ] || { echo "no arguments" >&2; exit 3; }
      case "$KUBERNETES_EXEC_INFO" in *'"interactive":false'*"${api.url}"*) ;; *) echo "no cluster" >&2; exit 4;; esac
      ${credential({ token: tokens.admin })}`;
    const exec = { args: ["get-token"], env: [{ name: "LOGIN", value: "spn" }], provideClusterInfo: true };
    assert.equal(await version(await connectBy(script, { exec })), "v1.34.1");
    await assert.rejects(connectBy(script, { exec: { ...exec, provideClusterInfo: false } }), /no cluster/);
  });

  it("says how it failed, with its last words but no token", async () => {
    const script = `echo planted-token; echo "first" >&2; echo "AADSTS700082: expired eyJ${"planted".repeat(10)}" >&2; exit 1`;
    await assert.rejects(connectBy(script), (error: Error) => {
      assert.match(error.message, /plugin failed with status 1: AADSTS700082: expired \[…\]$/);
      assert.doesNotMatch(error.message, /planted/);
      return true;
    });
  });

  it("says when what it prints is no credential, without repeating it", async () => {
    for (const [script, message] of [
      ["echo planted-token", /its output is not JSON/],
      ['echo \'{"token": "planted"}\'', /its output is no ExecCredential/],
      [credential({}), /neither a token nor a certificate/],
    ] as const) {
      await assert.rejects(connectBy(script), (error: Error) => {
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /planted/);
        return true;
      });
    }
  });

  it("says when it is not installed, with the hint of the kubeconfig", async () => {
    const exec = { command: "no-such-kubelogin", installHint: "az aks install-cli\nand more" };
    await assert.rejects(connectBy("", { exec }), /no-such-kubelogin is not installed: az aks install-cli$/);
  });

  it("is ended when it takes too long", async () => {
    const started = performance.now();
    await assert.rejects(
      connectBy("exec sleep 300", { signal: AbortSignal.timeout(200) }),
      /gave no credentials in time/,
    );
    assert.ok(performance.now() - started < 90_000);
    // A shell that waits for another program, and one that leaves it behind with its output open.
    for (const script of ["sleep 300; echo", "sleep 300 &"]) {
      await assert.rejects(
        connectBy(script, { signal: AbortSignal.timeout(200) }),
        /gave no credentials in time/,
      );
    }
    assert.ok(performance.now() - started < 90_000);
    const over = connectBy("echo started", { signal: AbortSignal.abort() });
    await assert.rejects(over, /gave no credentials in time/);
  });
});
