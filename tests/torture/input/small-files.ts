import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { tar } from "../../support/archives";
import { selfSigned } from "../../support/certificates";
import { samples } from "../../support/configurations";
import { device, pipe, random } from "./archives";
import type { Make } from "./file-faults";
import { aliasBomb } from "./secret-faults";

const at = (folder: string): string => join(folder, "given");
const text =
  (content: string | Buffer): Make =>
  (folder) =>
    writeFile(at(folder), content);
const directory: Make = (folder) => mkdir(at(folder));

const anywhere: Readonly<Record<string, Make>> = {
  absent: () => Promise.resolve(),
  empty: text(""),
  text: text("planted"),
  "bytes by chance": random,
  "a pipe": pipe,
  "a device": device,
  "a directory": directory,
  "a link to itself": (folder) => symlink(at(folder), at(folder)),
  "50 MB": text(Buffer.alloc(50_000_000, "planted\n")),
};

const { certificate, privateKey } = selfSigned("planted.example.com");
const body = certificate.split("\n").slice(1, -2).join("");

/** Certificates that are refused. */
export const certificates: Readonly<Record<string, Make>> = {
  ...anywhere,
  "a private key": text(privateKey),
  "a certificate with its key": text(certificate + privateKey),
  "an old private key": text(samples.rsaPem.replaceAll("PRIVATE KEY", "RSA PRIVATE KEY")),
  DER: text(Buffer.from(body, "base64")),
  "base64 of PEM": text(Buffer.from(certificate).toString("base64")),
  "base64 alone": text(body),
  "PEM in UTF-16": text(Buffer.from(`\ufeff${certificate}`, "utf16le")),
  "no end": text(certificate.replace(/-----END.*\n/, "")),
  "an end that is cut": text(certificate.slice(0, -10)),
  "lines gone": text(
    certificate
      .split("\n")
      .filter((_, index) => index !== 3)
      .join("\n"),
  ),
  "line ends written out": text(certificate.trim().replaceAll("\n", "\\n")),
  "a second one that is damaged": text(
    certificate + certificate.replace(/\n[^-].{20}/, "\nAAAAAAAAAAAAAAAAAAAAA"),
  ),
  "a request": text(certificate.replaceAll("CERTIFICATE", "CERTIFICATE REQUEST")),
  "beginnings alone": text("-----BEGIN CERTIFICATE-----\n".repeat(37_000)),
};

const cluster = { name: "a", cluster: { server: "https://127.0.0.1:1" } };
const config = (changes: Readonly<Record<string, unknown>>): Make =>
  text(
    JSON.stringify({
      "current-context": "a",
      clusters: [cluster],
      users: [{ name: "a", user: { token: "planted" } }],
      contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
      ...changes,
    }),
  );

/** Kubeconfigs that are none. */
export const kubeconfigs: Readonly<Record<string, Make>> = {
  ...anywhere,
  tabs: text("clusters:\n\t- name: planted\nusers: []\n"),
  "a key twice": text("clusters: []\nusers: []\nusers: [planted]\n"),
  "aliases that double": text(aliasBomb),
  "nested without end": text("[".repeat(400_000)),
  "dashes without end": text("- ".repeat(200_000)),
  "keys without end": text(
    `clusters: []\nusers: [{${Array.from({ length: 30_000 }, () => "planted: 1").join(", ")}}]\n`,
  ),
  "two documents": text("clusters: []\nusers: []\n---\nplanted: 1\n"),
  base64: text(Buffer.from("clusters: []\nusers: []\n").toString("base64")),
};

const plugin =
  (script: string, exec: Readonly<Record<string, unknown>> = {}): Make =>
  async (folder) => {
    const command = join(folder, "plugin");
    await writeFile(command, `#!/bin/sh\n${script}\n`);
    await chmod(command, 0o755);
    const user = { exec: { apiVersion: "client.authentication.k8s.io/v1", command, ...exec } };
    await config({ users: [{ name: "a", user }] })(folder);
  };

const withUser = (user: unknown): Make => config({ users: [{ name: "a", user }] });
const withCluster = (changes: Readonly<Record<string, unknown>>): Make =>
  config({ clusters: [{ name: "a", cluster: { ...cluster.cluster, ...changes } }] });

/** Kubeconfigs that cannot be used, and plugins that give no credentials. */
export const plugins: Readonly<Record<string, Make>> = {
  "no current context": config({ "current-context": undefined }),
  "an unknown context": config({ "current-context": "b" }),
  "a context without cluster": config({ clusters: [] }),
  "a context without user": config({ users: [] }),
  "a server that is none": withCluster({ server: "\u0000planted" }),
  "an authority that is absent": withCluster({ "certificate-authority": "./absent.pem" }),
  "an authority that is none": withCluster({
    "certificate-authority-data": "cGxhbnRlZA==",
    server: "https://127.0.0.1:1",
  }),
  "an authority that never ends": withCluster({ "certificate-authority": "/dev/zero" }),
  "a certificate that is absent": withUser({ "client-certificate": "a.pem", "client-key": "a.key" }),
  "a key that is none": withUser({
    "client-certificate-data": "cGxhbnRlZA==",
    "client-key-data": "cGxhbnRlZA==",
  }),
  "a token of another type": withUser({ token: ["planted"] }),
  "a file of tokens that is a directory": withUser({ tokenFile: "." }),
  "an old auth provider": withUser({ "auth-provider": { name: "azure" } }),
  "a proxy that is none": withCluster({ "proxy-url": "planted://" }),
  "a plugin that hangs": plugin("exec sleep 300"),
  "a plugin whose child hangs": plugin("sleep 300; echo planted"),
  "a plugin that leaves one behind": plugin("sleep 300 &"),
  "a plugin that heeds no signal": plugin("trap '' TERM INT HUP; while :; do sleep 1; done"),
  "a plugin that prints without end": plugin("yes planted"),
  "a plugin that complains without end": plugin("yes planted >&2"),
  "a plugin that prints nothing": plugin("exit 0"),
  "a plugin that prints text": plugin("echo planted"),
  "a plugin that prints half": plugin(`echo '{"kind": "ExecCredential", "status": {"token": "planted'`),
  "a plugin that prints a list": plugin("echo '[1]'"),
  "a plugin that fails": plugin("echo planted; exit 1"),
  "a plugin that is killed": plugin("kill -9 $$"),
  "a plugin that is absent": plugin("", { command: "./absent" }),
  "a plugin that is a directory": plugin("", { command: "/tmp" }),
};

const description = "apiVersion: v2\nname: spacelift\nversion: 1.0.0\n";
const chart =
  (content: string): Make =>
  async (folder) => {
    await directory(folder);
    await writeFile(join(at(folder), "Chart.yaml"), content);
  };
const packaged =
  (files: Parameters<typeof tar>[0]): Make =>
  async (folder) =>
    writeFile(at(folder), gzipSync(await tar(files)));

/** Charts that Helm would not read. */
export const charts: Readonly<Record<string, Make>> = {
  ...anywhere,
  "an empty description": chart(""),
  "a description that is text": chart("planted"),
  "a description that is no YAML": chart("name: [planted"),
  "a description without version": chart("apiVersion: v2\nname: spacelift\n"),
  "a description of another time": chart(description.replace("v2", "v3")),
  "a description that is large": chart(`${description}#${"planted".repeat(50_000)}`),
  "a description that is a pipe": async (folder) => {
    await directory(folder);
    await pipe(at(folder));
    await symlink(join(at(folder), "given"), join(at(folder), "Chart.yaml"));
  },
  "a package without description": packaged({ "a/values.yaml": description }),
  "a package with one too deep": packaged({ "a/b/Chart.yaml": description }),
  "a package with a wrong one": packaged({ "a/Chart.yaml": "planted" }),
  "a package whose description is a link out": packaged({ "a/Chart.yaml": { link: "/etc/passwd" } }),
};
