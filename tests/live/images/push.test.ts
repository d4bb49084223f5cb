import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { runCommand } from "../../../peers/run-command";
import { writeArchive, writeExtracted } from "../../support/archives";
import {
  type BuiltImage,
  buildImage,
  type ImageOptions,
  incompressible,
  programLike,
} from "../../support/images";
import { authority } from "../../support/peers/authority";
import { withHttpsServer } from "../../support/peers/loopback";
import { type RegistryFront, startRegistryFront } from "../../support/peers/registry-front";
import { registryUser, startRegistry } from "../../support/peers/registry-server";
import { forSuite } from "../../support/peers/suite";
import { type RealmUser, tokenRealm } from "../../support/peers/token-realm";
import { goBuildTimeout, goProgram } from "../ground/go-programs";
import { cranePrograms } from "../ground/programs";

const execute = promisify(execFile);
const ca = authority("Test CA");
const localhost = ca.issue(["DNS:localhost"]);
const issuer = authority("Issuer of tokens").issue(["DNS:issuer"]);
const usualRepository = "team/spacelift-backend";

/** What the process of a push said, and what became of it. */
interface Pushed {
  readonly code: number | null;
  readonly digest: string;
  readonly said: string;
}

// Against distribution's registry; what arrived is read back by crane, which shares no code with ours.
describe("pushing an image straight from the archive", function () {
  this.timeout(goBuildTimeout);
  let folder = "";
  let crane = "";
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "spacelift-test-push-"));
    writeFileSync(join(folder, "ca.pem"), ca.certificate);
    crane = await goProgram(cranePrograms);
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  let tags = 0;
  const newTag = (): string => `v3.0.${tags++}`;

  interface Case {
    readonly address: string;
    readonly tag: string;
    readonly image: BuiltImage;
    /** @default "team/spacelift-backend" */
    readonly repository?: string;
    readonly extracted?: boolean;
    readonly env?: Readonly<Record<string, string>>;
  }

  const environmentOf = async ({
    address,
    tag,
    image,
    extracted = false,
    env,
    repository = usualRepository,
  }: Case): Promise<Record<string, string>> => {
    const images = { "spacelift-backend": image.tar };
    const path = extracted
      ? await writeExtracted(join(folder, tag), images)
      : await writeArchive(folder, tag, images);
    return {
      ARCHIVE: extracted ? "" : path,
      MEMBER: extracted
        ? join(path, "container-images", "spacelift-backend.tar")
        : `self-hosted-${tag}/container-images/spacelift-backend.tar`,
      IMAGE_ID: image.id,
      ROLE: "backend",
      TARGET: `${address}/${repository}:${tag}`,
      REGISTRY_USERNAME: registryUser.username,
      REGISTRY_PASSWORD: registryUser.password,
      SSL_CERT_FILE: join(folder, "ca.pem"),
      ...env,
    };
  };

  // As the provider runs it, in a process of its own.
  const push = async (given: Case): Promise<Pushed> => {
    const env = { PATH: process.env["PATH"] ?? "", HOME: folder, ...(await environmentOf(given)) };
    const program = join(__dirname, "../../../images/push-image.cjs");
    const { code, stdout, stderr } = await runCommand(process.execPath, [program], { env });
    assert.doesNotMatch(stdout + stderr, new RegExp(registryUser.password));
    return { code, digest: stdout.trimEnd(), said: stderr };
  };

  const pushed = async (given: Case): Promise<Pushed> => {
    const result = await push(given);
    assert.equal(result.code, 0, result.said);
    return result;
  };

  const refused = async (given: Case, message: RegExp): Promise<void> => {
    const { code, said } = await push(given);
    assert.equal(code, 1, said);
    assert.match(said.trimEnd().split("\n").at(-1) ?? "", message);
  };

  /** Reads an image back with crane and compares it with the one that was saved. */
  const assertArrived = async (
    { address, tag, image, repository = usualRepository }: Case,
    { digest }: Pushed,
    login = true,
  ): Promise<void> => {
    const config = login
      ? {
          auths: {
            [address]: {
              auth: Buffer.from(`${registryUser.username}:${registryUser.password}`).toString("base64"),
            },
          },
        }
      : {};
    writeFileSync(join(folder, "config.json"), JSON.stringify(config));
    const env = { ...process.env, DOCKER_CONFIG: folder, SSL_CERT_FILE: join(folder, "ca.pem") };
    const ask = async (...args: string[]): Promise<Buffer> => {
      const { stdout } = await execute(crane, args, { env, encoding: "buffer", maxBuffer: 1 << 30 });
      return stdout;
    };
    const reference = `${address}/${repository}:${tag}`;
    assert.equal((await ask("digest", reference)).toString().trim(), digest);
    const manifest = JSON.parse((await ask("manifest", reference)).toString()) as {
      readonly layers: readonly { readonly digest: string; readonly size: number }[];
    };
    const sha256 = (content: Buffer): string =>
      `sha256:${createHash("sha256").update(content).digest("hex")}`;
    assert.equal(sha256(await ask("config", reference)), `sha256:${image.id}`);
    const diffIds: string[] = [];
    for (const layer of manifest.layers) {
      const blob = await ask("blob", `${address}/${repository}@${layer.digest}`);
      assert.equal(sha256(blob), layer.digest);
      diffIds.push(sha256(gunzipSync(blob)));
    }
    assert.deepEqual(diffIds, image.diffIds);
    await ask("validate", "--remote", reference);
  };

  // One layer that is sent as it is read, as it does not fit into memory, and small ones.
  const build = (options?: ImageOptions): Promise<BuiltImage> =>
    buildImage("spacelift-backend:v3.0.0", ["the base", incompressible(20 << 20), "the program"], options);

  describe("to a registry with a password", () => {
    const server = forSuite(() => startRegistry(localhost, { kind: "password" }), goBuildTimeout);
    const front: () => RegistryFront = forSuite(() => startRegistryFront(localhost, () => server().port));
    const address = (): string => front().address;
    beforeEach(() => {
      front().seen.length = 0;
      front().fate = () => undefined;
    });
    const sent = (): number =>
      front().seen.reduce((sum, { bytes, method }) => sum + (method === "PATCH" ? bytes : 0), 0);

    for (const layout of ["legacy", "oci"] as const) {
      for (const extracted of [false, true]) {
        it(`pushes the ${layout} layout ${extracted ? "of an extracted directory" : "out of the archive"}`, async () => {
          const given = { address: address(), tag: newTag(), image: await build({ layout }), extracted };
          await assertArrived(given, await pushed(given));
        });
      }
    }

    it("pushes layers as they are that are compressed in the archive", async () => {
      const given = { address: address(), tag: newTag(), image: await build({ layout: "oci", gzip: true }) };
      await assertArrived(given, await pushed(given));
    });

    it("sends nothing when the tag is this image, and only what is new of another one", async () => {
      const contents = ["the base", incompressible(20 << 20), "the program"];
      const image = await buildImage("spacelift-backend:v3.0.0", contents);
      const given = { address: address(), tag: newTag(), image };
      const first = await pushed(given);
      front().seen.length = 0;
      assert.equal((await pushed(given)).digest, first.digest);
      // The registry asks for the login first, and the login is tried once.
      assert.deepEqual(
        front().seen.map(({ method, path }) => `${method} ${path}`),
        [
          `GET /v2/${usualRepository}/manifests/${given.tag}`,
          "GET /v2/",
          `GET /v2/${usualRepository}/manifests/${given.tag}`,
        ],
      );
      front().seen.length = 0;
      const next = await buildImage("spacelift-backend:v3.0.1", [
        ...contents.slice(0, 2),
        "the next program",
      ]);
      const upgrade = { address: address(), tag: newTag(), image: next };
      await assertArrived(upgrade, await pushed(upgrade));
      assert.ok(sent() < 10_000, `${sent()} bytes were sent`);
    });

    it("goes on with a layer whose upload broke off, where the registry has it", async () => {
      let isCut = false;
      front().fate = ({ method }) => {
        if (method !== "PATCH" || isCut) return undefined;
        return { cutAfter: 8 << 20 };
      };
      const watch = setInterval(() => {
        isCut ||= front().seen.some(({ method, bytes }) => method === "PATCH" && bytes >= 8 << 20);
      }, 5);
      const given = { address: address(), tag: newTag(), image: await build() };
      const result = await pushed(given);
      clearInterval(watch);
      await assertArrived(given, result);
      const [resumed] = front().seen.flatMap(({ headers }) => headers["content-range"] ?? []);
      assert.ok(Number(/^(\d+)-/.exec(resumed ?? "")?.[1]) > 1 << 20, `resumed at ${resumed ?? "the start"}`);
    });

    it("goes on with the next push after one that the registry died under", async () => {
      const given = { address: address(), tag: newTag(), image: await build() };
      let patches = 0;
      front().fate = ({ method }) =>
        method === "PATCH" && ++patches > 1
          ? { status: 400, body: '{"errors":[{"code":"UNKNOWN","message":"gone"}]}' }
          : undefined;
      await refused(
        given,
        /^error: the registry localhost:\d+ does not take the layer sha256:\w{64} \(status 400: gone\)$/,
      );
      front().fate = () => undefined;
      await assertArrived(given, await pushed(given));
    });

    it("logs in again when the registry takes its login back", async () => {
      let refusals = 0;
      const headers = { "www-authenticate": 'Basic realm="tests"' };
      front().fate = ({ method }) =>
        method === "PATCH" && refusals++ === 0 ? { status: 401, headers } : undefined;
      const given = { address: address(), tag: newTag(), image: await build() };
      await assertArrived(given, await pushed(given));
    });

    it("sends the layers of a first push as it reads them, and after an interruption what is missing alone", async () => {
      const layer = 10 << 20;
      const image = await buildImage("backend:v1", [incompressible(layer), incompressible(layer)]);
      const given = { address: address(), tag: newTag(), image, repository: "new/backend" };
      front().fate = ({ method, headers }) => {
        const large = front().seen.filter(({ method: one, bytes }) => one === "PATCH" && bytes > layer);
        // Without a length: its digest is not known yet.
        return method === "PATCH" && headers["content-length"] === undefined && large.length > 0
          ? { status: 400 }
          : method === "PATCH" && Number(headers["content-length"]) > layer
            ? { status: 400 }
            : undefined;
      };
      await refused(given, /does not take the layer sha256:\w{64} \(status 400\)$/);
      assert.ok(sent() > layer, "one layer got through");
      front().seen.length = 0;
      front().fate = () => undefined;
      await assertArrived(given, await pushed(given));
      assert.ok(sent() > layer && sent() < 1.5 * layer, `${sent()} bytes were sent`);
    });

    it("waits as long as a busy registry asks for", async () => {
      const times: number[] = [];
      front().fate = ({ method }) => {
        if (method !== "POST") return undefined;
        times.push(performance.now());
        return times.length === 1 ? { status: 429, headers: { "retry-after": "3" } } : undefined;
      };
      const given = {
        address: address(),
        tag: newTag(),
        image: await buildImage("spacelift-backend:v3.0.0", ["one layer"]),
      };
      await assertArrived(given, await pushed(given));
      assert.ok(Math.max(...times) - times[0]! >= 3_000, times.join(", "));
    });

    it("says what to do about a quota, a full disk, a read-only login and a wrong password", async () => {
      const given = { address: address(), tag: newTag(), image: await build() };
      // As Harbor answers (goharbor/harbor 17390): by the code of what may not be done.
      const message =
        "adding 29.0 MiB of storage resource, which when updated to current usage of 152.4 MiB will exceed the configured upper limit of 10.0 MiB.";
      front().fate = ({ method }) =>
        method === "PUT"
          ? { status: 403, body: JSON.stringify({ errors: [{ code: "DENIED", message }] }) }
          : undefined;
      await refused(given, /^error: .* has no room for .*will exceed.*; raise its quota or make room$/);
      front().fate = ({ method }) =>
        method === "POST"
          ? { status: 403, body: '{"errors":[{"code":"DENIED","message":"requested access is denied"}]}' }
          : undefined;
      await refused(
        given,
        /^error: .* does not let this user push the repository team\/spacelift-backend \(status 403: .*; give it the right to push$/,
      );
      // A disk that is full, as distribution's filesystem driver passes it on.
      front().fate = ({ method }) =>
        method === "PATCH"
          ? {
              status: 500,
              body: '{"errors":[{"code":"UNKNOWN","message":"write: no space left on device"}]}',
            }
          : undefined;
      await refused(
        given,
        /^error: .* has no room for .*no space left on device\); raise its quota or make room$/,
      );
      front().fate = () => undefined;
      await refused(
        { ...given, env: { REGISTRY_PASSWORD: "wrong" } },
        /^error: the registry localhost:\d+ lets nobody in as spacelift: the user or the password is wrong$/,
      );
    });

    it("trusts nobody it is not told to, unless told to trust anybody", async () => {
      const given = { address: address(), tag: newTag(), image: await build() };
      await refused(
        { ...given, env: { SSL_CERT_FILE: "/etc/ssl/certs/ca-certificates.crt" } },
        /has a certificate of a CA that is not trusted|does not send the certificates in between/,
      );
      await pushed({
        ...given,
        env: { SSL_CERT_FILE: "/etc/ssl/certs/ca-certificates.crt", INSECURE: "true" },
      });
    });

    it("says that an archive is damaged, and where it is", async () => {
      const given = { address: address(), tag: newTag(), image: { ...(await build()), id: "0".repeat(64) } };
      await refused(
        given,
        /is another image than was planned: the archive has changed since; run this again$/,
      );
    });
  });

  describe("to a registry with tokens", () => {
    let users: RealmUser[] = [];
    let asked = 0;
    const realm = withHttpsServer(
      () => localhost,
      tokenRealm(issuer, () => {
        asked++;
        return users;
      }),
    );
    const server = forSuite(
      () =>
        startRegistry(localhost, {
          kind: "token",
          realm: () => `https://${realm.address()}/token`,
          issuerCertificate: issuer.certificate,
        }),
      goBuildTimeout,
    );
    const address = (): string => `localhost:${server().port}`;

    it("asks for a token and pushes with it", async () => {
      users = [{ ...registryUser, actions: ["pull", "push"] }];
      const given = { address: address(), tag: newTag(), image: await build() };
      await assertArrived(given, await pushed(given));
    });

    it("renews a token that ends on the way", async () => {
      users = [{ ...registryUser, actions: ["pull", "push"], seconds: 1 }];
      const contents = [incompressible(9 << 20), programLike(100 << 20, 7)];
      const given = { address: address(), tag: newTag(), image: await buildImage("backend:v1", contents) };
      asked = 0;
      const result = await pushed(given);
      assert.ok(asked > 1, `asked for a token ${asked} times`);
      await assertArrived(given, result);
    });

    it("says that a login which may only pull may not push", async () => {
      users = [{ ...registryUser, actions: ["pull"] }];
      const given = { address: address(), tag: newTag(), image: await build() };
      await refused(
        given,
        /^error: the registry localhost:\d+ does not let this user push .*; give it the right to push$/,
      );
    });
  });

  describe("to an open registry without TLS", () => {
    const server = forSuite(() => startRegistry(undefined, { kind: "open" }), goBuildTimeout);

    it("speaks HTTP when told to, and asks once when there is nothing to do", async () => {
      const env = { PLAIN_HTTP: "true", REGISTRY_USERNAME: "" };
      const given = { address: `localhost:${server().port}`, tag: newTag(), image: await build(), env };
      await assertArrived(given, await pushed(given), false);
    });
  });
});
