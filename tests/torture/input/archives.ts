import { execFileSync } from "node:child_process";
import { stat, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { releaseImages, savedImage, tar, writeArchive, writeExtracted } from "../../support/archives";
import type { Make } from "./file-faults";

type Files = Parameters<typeof tar>[0];

const at = (folder: string): string => join(folder, "given");
const given =
  (content: () => Buffer | string | Promise<Buffer | string>): Make =>
  async (folder) =>
    writeFile(at(folder), await content());
const packed = (files: () => Promise<Files>): Make => given(async () => gzipSync(await tar(await files())));

export const pipe: Make = (folder) => Promise.resolve(execFileSync("mkfifo", [at(folder)]));
export const device: Make = (folder) => symlink("/dev/zero", at(folder));
export const random: Make = given(() =>
  Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 251)),
);

const id = "b".repeat(64);
const backend = "a/container-images/spacelift-backend.tar";
const launcher = "a/container-images/spacelift-launcher.tar";

async function images(): Promise<{ readonly [backend]: Buffer; readonly [launcher]: Buffer }> {
  const release = await releaseImages("v3.0.0");
  return { [backend]: release["spacelift-backend"]!, [launcher]: release["spacelift-launcher"]! };
}

const withBackend = (content: Buffer | string | Promise<Buffer>): Make =>
  packed(async () => ({ ...(await images()), [backend]: await content }));

const withManifest = (manifest: unknown): Make =>
  withBackend(tar({ "manifest.json": typeof manifest === "string" ? manifest : JSON.stringify(manifest) }));

/** A right archive under another name in it. */
const withName = (name: string): Make =>
  packed(async () => ({
    [name]: await savedImage("spacelift-backend:v3.0.0", id),
    [launcher]: (await images())[launcher],
  }));

/** An archive that is cut behind a part of it. */
const cut =
  (part: number): Make =>
  async (folder) => {
    const path = await writeArchive(folder, "v3.0.0", await releaseImages("v3.0.0"));
    const { size } = await stat(path);
    await truncate(path, Math.floor(size * part));
    await symlink(path, at(folder));
  };

/** Zeros of gigabytes behind a header: each part unpacks to a thousand times its size. */
const bomb: Make = given(async () => {
  const zeros = gzipSync(Buffer.alloc(10_000_000));
  const head = gzipSync(await claiming(backend, "77777777777"));
  return Buffer.concat([head, ...Array<Buffer>(800).fill(zeros)]);
});

/** The header of a file in a tar that claims a size. */
async function claiming(name: string, octal: string): Promise<Buffer> {
  const header = Buffer.from((await tar({ [name]: "x" })).subarray(0, 512));
  header.write(octal.padStart(11, "0"), 124);
  header.fill(" ", 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

/** Archives that are refused. */
export const archives: Readonly<Record<string, Make>> = {
  absent: () => Promise.resolve(),
  empty: given(() => ""),
  text: given(() => "no archive"),
  "bytes by chance": random,
  "a tar without gzip": given(async () => tar(await images())),
  "gzip of text": given(() => gzipSync("planted")),
  "an empty tar": packed(() => Promise.resolve({})),
  "zip by its first bytes": given(() => Buffer.from("PK\u0003\u0004planted")),
  "a page of an error": given(() => "<html><body>403 planted</body></html>"),
  ...Object.fromEntries([0.01, 0.3, 0.6, 0.9, 0.99].map((part) => [`cut behind ${part}`, cut(part)])),
  "a pipe": pipe,
  "a device": device,
  "a link to nowhere": (folder) => symlink("/nonexistent/planted-not", at(folder)),
  "a link to itself": (folder) => symlink(at(folder), at(folder)),
  "a bomb": bomb,
  "a header of terabytes": given(async () =>
    gzipSync(Buffer.concat([await claiming(backend, "77777777777"), Buffer.alloc(1024)])),
  ),
  "no launcher": packed(async () => ({ [backend]: (await images())[backend] })),
  "an image twice": packed(async () => ({
    ...(await images()),
    [`b/${backend}`]: (await images())[backend],
  })),
  "another release": packed(async () => ({
    ...(await images()),
    [backend]: await savedImage("spacelift-backend:v3.9.0", id),
  })),
  "an image above": withName("../container-images/spacelift-backend.tar"),
  "an image far above": withName("a/../../../../etc/container-images/spacelift-backend.tar"),
  "an image at the root": withName("/etc/container-images/spacelift-backend.tar"),
  "an image that is an option": withName("--to-command=sh/container-images/spacelift-backend.tar"),
  "an image with a line break": withName("a\nb/container-images/spacelift-backend.tar"),
  "an image that is a link out": packed(async () => ({
    [backend]: { link: "/etc/passwd" },
    [launcher]: (await images())[launcher],
  })),
  "an image that is text": withBackend("planted"),
  "an empty image": withBackend(""),
  "an image without manifest": withBackend(tar({ "layer.tar": "planted" })),
  "an image whose manifest is a link out": withBackend(
    tar({ "manifest.json": { link: "../../../etc/passwd" } }),
  ),
  "a manifest of 100 MB": packed(async () => ({
    ...(await images()),
    [backend]: await tar({ "manifest.json": Buffer.alloc(30_000_000, "planted ") }),
  })),
  "a manifest without end": withManifest("[".repeat(500_000)),
  ...Object.fromEntries(
    [
      ...["", "planted", "null", "[]", "{}", "[null]", '["planted"]', '{"planted": 1', "\u001b[31mplanted"],
      ...[
        [{}],
        [{ Config: "", RepoTags: ["planted:v3.0.0"] }],
        [{ Config: "../../planted", RepoTags: ["a:v3.0.0"] }],
      ],
      ...[
        null,
        [],
        [""],
        ["spacelift-backend"],
        ["localhost:5000/planted"],
        ["a:\u001bplanted"],
        [`a:${"x".repeat(200)}`],
      ].map((RepoTags) => [{ Config: `blobs/sha256/${id}`, RepoTags }]),
    ].map((manifest, index) => [`a wrong manifest ${index}`, withManifest(manifest)]),
  ),
  "an empty folder": (folder) => writeExtracted(at(folder), {}),
  "a folder without launcher": async (folder) =>
    writeExtracted(at(folder), { "spacelift-backend": (await images())[backend] }),
  "a folder with a device": async (folder) => {
    await writeExtracted(at(folder), { "spacelift-backend": (await images())[backend] });
    await symlink("/dev/zero", join(at(folder), "container-images", "spacelift-launcher.tar"));
  },
  "a folder with a pipe": async (folder) => {
    await writeExtracted(at(folder), { "spacelift-backend": (await images())[backend] });
    execFileSync("mkfifo", [join(at(folder), "container-images", "spacelift-launcher.tar")]);
  },
};
