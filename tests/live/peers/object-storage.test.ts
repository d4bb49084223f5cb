import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { objectStorageCheck } from "../../../preflight/object-storage";
import { bucketCatalogue } from "../../../components/buckets";
import { configured } from "../../support/configurations";
import { authority } from "../../support/peers/authority";
import { type Looked, type Surroundings, assertBad, look } from "../../support/peers/look";
import { withHangingServer, withHttpServer } from "../../support/peers/loopback";
import { withProxy } from "../../support/peers/minio-front";
import { startMinio } from "../../support/peers/minio-server";
import { freePort } from "../../support/peers/server-process";
import { forSuite } from "../../support/peers/suite";
import { goBuildTimeout } from "../ground/go-programs";

const ca = authority("Test CA");
const buckets = Object.entries(bucketCatalogue)
  .filter(([role]) => role !== "binaries")
  .map(([, { name }]) => name);
const kept = ["spacelift-modules", "spacelift-policy-inputs", "spacelift-run-logs", "spacelift-states"];

describe("object storage check against MinIO", () => {
  const minio = forSuite(() => startMinio(ca.issue(["DNS:localhost"])), goBuildTimeout);
  const target = (): string => `localhost:${minio().port}`;

  let folder = "";
  let systemCas = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "spacelift-test-"));
    systemCas = join(folder, "system-cas.pem");
    await writeFile(systemCas, ca.certificate);
    await minio().addUser("mortal", "planted-mortal");
    await minio().addUser("spacelift-access-key", "planted-access-key");
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const lookAt = (
    storage: Readonly<Record<string, unknown>> = {},
    secrets: Readonly<Record<string, string | undefined>> = {},
    surroundings: Surroundings = { files: { rootCas: [], storageCa: ca.certificate } },
    more: object = {},
  ): Promise<Looked> => {
    const own = { endpoint: target(), adminUser: minio().root.user, ...storage };
    const settings = { onprem: { objectStorage: own }, ...more };
    return look(
      objectStorageCheck,
      configured(settings, { minioAdminPassword: minio().root.password, ...secrets }),
      surroundings,
    );
  };

  it("is content with a server that is as it should be", async () => {
    const looked = await lookAt();
    assert.deepEqual(looked.summary, [
      "object-storage.reachable passed",
      "object-storage.certificate passed",
      "object-storage.clock passed",
      "object-storage.credentials passed",
      "object-storage.headers passed",
      "object-storage.region passed",
      "object-storage.admin passed",
      "object-storage.buckets passed",
      "object-storage.cors passed",
    ]);
    assert.match(
      looked.finding("object-storage.certificate").reason,
      /^verified, valid until \d{4}-\d\d-\d\d$/,
    );
    assert.equal(looked.finding("object-storage.buckets").reason, "none of the 10 buckets exists yet");
  });

  it("fails on a certificate that nobody vouches for, and asks for the CA", async () => {
    const looked = await lookAt({}, {}, {});
    assertBad(
      looked.finding("object-storage.certificate"),
      "failed",
      /certificate of a CA that is not trusted/,
      /onprem\.objectStorage\.caCertificateFile/,
    );
    assert.equal(looked.results.length, 1);
  });

  it("fails on a certificate for another name", async () => {
    const looked = await lookAt({ endpoint: `127.0.0.1:${minio().port}` });
    assertBad(
      looked.finding("object-storage.certificate"),
      "failed",
      /for DNS:localhost, not for the address 127\.0\.0\.1/,
      /valid certificate for 127\.0\.0\.1/,
    );
  });

  it("warns of a CA that only this machine knows: pods do not", async () => {
    const looked = await lookAt({}, {}, { env: { SSL_CERT_FILE: systemCas } });
    assertBad(
      looked.finding("object-storage.certificate"),
      "warning",
      /trusts and pods do not/,
      /caCertificateFile/,
    );
    assert.equal(looked.finding("object-storage.credentials").status, "passed");
  });

  it("fails on a CA that only pods know when buckets are made from here, and else is content", async () => {
    const files = { rootCas: [ca.certificate] };
    const making = await lookAt({}, {}, { files });
    assertBad(
      making.finding("object-storage.certificate"),
      "failed",
      /pods trust and this machine does not/,
      /caCertificateFile/,
    );
    assert.equal(making.finding("object-storage.credentials").status, "passed");
    const using = { createBuckets: false, createUser: false, adminUser: undefined, accessKeyId: "mortal" };
    const secrets = { minioAdminPassword: undefined, minioSecretKey: "planted-mortal" };
    const given = await lookAt(using, secrets, { files });
    assert.equal(given.finding("object-storage.certificate").status, "passed");
  });

  it("warns when certificates are not verified, and looks at the rest", async () => {
    const looked = await lookAt({ insecureSkipVerify: true }, {}, {});
    assertBad(looked.finding("object-storage.certificate"), "warning", /`insecureSkipVerify` accepts any/);
    assert.equal(looked.finding("object-storage.credentials").status, "passed");
  });

  it("warns of a certificate that ends soon", async () => {
    const soon = new Date(Date.now() + 20 * 86_400_000);
    const looked = await lookAt(
      {},
      {},
      { files: { rootCas: [], storageCa: ca.certificate }, now: () => soon },
    );
    assertBad(looked.finding("object-storage.certificate"), "warning", /expires on .*, in 9 days/);
  });

  it("fails on clocks more than a quarter of an hour apart, and warns before", async () => {
    const at = async (minutes: number): Promise<Looked> =>
      lookAt(
        {},
        {},
        {
          files: { rootCas: [], storageCa: ca.certificate },
          now: () => new Date(Date.now() + minutes * 60_000),
        },
      );
    assertBad(
      (await at(20)).finding("object-storage.clock"),
      "failed",
      /20 min behind this machine's/,
      /NTP/,
    );
    assertBad((await at(-5)).finding("object-storage.clock"), "warning", /5 min ahead of this machine's/);
  });

  it("fails on a wrong password", async () => {
    const looked = await lookAt({}, { minioAdminPassword: "planted-wrong" });
    assertBad(
      looked.finding("object-storage.credentials"),
      "failed",
      /refuses the signature of root-of-the-tests: the password is wrong/,
      /--secret spacelift:minioAdminPassword/,
    );
  });

  it("fails on an unknown user", async () => {
    const looked = await lookAt({ adminUser: "nobody-knows" });
    assertBad(
      looked.finding("object-storage.credentials"),
      "failed",
      /knows no user nobody-knows/,
      /adminUser/,
    );
  });

  it("fails on a user that may not make users and policies, where it is to make them", async () => {
    const login = { minioAdminPassword: "planted-mortal" };
    const looked = await lookAt({ adminUser: "mortal" }, login);
    assert.equal(looked.finding("object-storage.credentials").status, "passed");
    assertBad(
      looked.finding("object-storage.admin"),
      "failed",
      /^mortal lacks admin:AddUserToGroup, .*, admin:GetUser$/,
      /spacelift-deployer --user mortal/,
    );
    const given = { createUser: false, accessKeyId: "spacelift-access-key" };
    const making = await lookAt({ adminUser: "mortal", ...given }, { ...login, minioSecretKey: "planted" });
    assert.equal(making.finding("object-storage.admin").status, "passed");
  });

  it("is content with a user that has the rights in docs/minio-policy.json and no others", async () => {
    const policy = await readFile(join(__dirname, "../../../docs/minio-policy.json"), "utf8");
    await minio().addUserInGroup("deployer", "planted-deployer", policy);
    const login = { minioAdminPassword: "planted-deployer" };
    const looked = await lookAt({ adminUser: "deployer" }, login);
    assert.deepEqual(
      looked.summary.filter((line) => !line.endsWith(" passed")),
      [],
    );
    await minio().makeBucket("spacelift-states");
    const kept = await lookAt({ adminUser: "deployer" }, login);
    assert.match(kept.finding("object-storage.buckets").reason, /^1 of 10 buckets exist/);
    await minio().removeBucket("spacelift-states");
    const elsewhere = { buckets: { states: { name: "elsewhere" } } };
    const { reason } = (await lookAt({ adminUser: "deployer" }, login, undefined, elsewhere)).finding(
      "object-storage.admin",
    );
    assert.match(reason, /^deployer lacks s3:CreateBucket \(elsewhere\), /);
  });

  describe("and its buckets", () => {
    const given = {
      createBuckets: false,
      createUser: false,
      adminUser: undefined,
      accessKeyId: "spacelift-access-key",
    };
    const givenSecrets = { minioAdminPassword: undefined, minioSecretKey: "planted-access-key" };
    const made = [...buckets];

    before(() => Promise.all(kept.map((name) => minio().makeBucket(name))));
    after(() => Promise.all(made.map((name) => minio().removeBucket(name))));

    it("fails when given ones are missing, and names them", async () => {
      const looked = await lookAt(given, givenSecrets);
      const { reason } = looked.finding("object-storage.buckets");
      assertBad(
        looked.finding("object-storage.buckets"),
        "failed",
        /and `createBuckets` is off$/,
        /createBuckets true/,
      );
      assert.match(reason, /spacelift-uploads/);
      assert.doesNotMatch(reason, /spacelift-states/);
    });

    it("takes over those that were kept, unless they are missing", async () => {
      const looked = await lookAt({ adoptKeptBuckets: true });
      assert.equal(looked.finding("object-storage.buckets").reason, "the buckets to take over exist");
      await minio().removeBucket("spacelift-run-logs");
      try {
        const missing = await lookAt({ adoptKeptBuckets: true });
        assertBad(
          missing.finding("object-storage.buckets"),
          "failed",
          /^spacelift-run-logs cannot be taken over/,
        );
      } finally {
        await minio().makeBucket("spacelift-run-logs");
      }
    });

    it("does not fail on those that an earlier `up` may have made", async () => {
      const looked = await lookAt();
      const { status, reason } = looked.finding("object-storage.buckets");
      assert.equal(status, "passed");
      assert.match(reason, /^4 of 10 buckets exist: right when this stack created them/);
    });

    it("is content when all given ones are there, and asks for no administrator", async () => {
      await Promise.all(
        buckets.filter((name) => !kept.includes(name)).map((name) => minio().makeBucket(name)),
      );
      const looked = await lookAt(given, givenSecrets);
      assert.equal(looked.finding("object-storage.buckets").reason, "all 10 buckets exist");
      assert.ok(!looked.summary.some((line) => line.startsWith("object-storage.admin")));
    });
  });

  describe("behind proxies", () => {
    const honest = withProxy(target, {});
    const forgetful = withProxy(target, { dropsUnderscores: true, dropsDate: true });
    const renaming = withProxy(target, { changesHost: true });
    const silent = withProxy(target, { dropsCors: true });
    const partial = withProxy(target, { letsIn: "https://other.example.com" });
    const through = (proxy: { readonly address: () => string }): Promise<Looked> =>
      lookAt({ endpoint: proxy.address(), tls: false }, {}, {});

    it("is content with one that passes everything on", async () => {
      const looked = await through(honest);
      assert.ok(
        looked.results.every(({ status }) => status === "passed" || status === "skipped"),
        looked.summary.join(", "),
      );
      assert.equal(looked.finding("object-storage.certificate").status, "skipped");
    });

    it("fails on one that drops headers with underscores", async () => {
      const looked = await through(forgetful);
      assert.equal(looked.finding("object-storage.credentials").status, "passed");
      assertBad(
        looked.finding("object-storage.headers"),
        "failed",
        /headers with underscores do not arrive/,
        /enable-underscores-in-headers/,
      );
      assert.equal(looked.finding("object-storage.clock").status, "skipped");
    });

    it("fails on one that changes the Host header", async () => {
      const looked = await through(renaming);
      assertBad(
        looked.finding("object-storage.credentials"),
        "failed",
        /a proxy changes the Host header/,
        /`Host`/,
      );
    });

    it("fails on one that lets in browsers on another origin alone", async () => {
      const looked = await through(partial);
      assertBad(
        looked.finding("object-storage.cors"),
        "failed",
        /allows https:\/\/other\.example\.com alone/,
      );
    });

    it("fails on one that keeps CORS headers to itself", async () => {
      const looked = await through(silent);
      assertBad(
        looked.finding("object-storage.cors"),
        "failed",
        /without Access-Control-Allow-Origin/,
        /OPTIONS/,
      );
    });
  });

  describe("with CORS for one origin", () => {
    after(() => minio().configure("api cors_allow_origin=*"));

    it("is content when it is Spacelift's", async () => {
      await minio().configure("api cors_allow_origin=https://spacelift.example.com");
      assert.equal((await lookAt()).finding("object-storage.cors").status, "passed");
    });

    it("fails when it is another", async () => {
      await minio().configure("api cors_allow_origin=https://other.example.com");
      const looked = await lookAt();
      assertBad(
        looked.finding("object-storage.cors"),
        "failed",
        /browsers on https:\/\/spacelift\.example\.com may not upload/,
        /mc admin config set <alias> api cors_allow_origin=https:\/\/spacelift\.example\.com/,
      );
    });
  });
});

describe("object storage check against a MinIO with a region", () => {
  const minio = forSuite(() => startMinio(ca.issue(["DNS:localhost"]), "eu-west-1"), goBuildTimeout);
  const lookAt = (region: string): Promise<Looked> => {
    const endpoint = `localhost:${minio().port}`;
    const objectStorage = { endpoint, region, adminUser: minio().root.user };
    const config = configured({ onprem: { objectStorage } }, { minioAdminPassword: minio().root.password });
    return look(objectStorageCheck, config, { files: { rootCas: [ca.certificate] } });
  };

  it("fails on another region, and names MinIO's", async () => {
    const looked = await lookAt("us-east-1");
    assertBad(
      looked.finding("object-storage.region"),
      "failed",
      /configured with eu-west-1, not with us-east-1/,
      /onprem\.objectStorage\.region eu-west-1/,
    );
    assert.ok(!looked.summary.some((line) => line.startsWith("object-storage.admin")));
  });

  it("is content with MinIO's", async () => {
    const looked = await lookAt("eu-west-1");
    assert.equal(looked.finding("object-storage.region").status, "passed");
    assert.equal(looked.finding("object-storage.admin").status, "passed");
  });
});

describe("object storage check against other servers", () => {
  const hanging = withHangingServer();
  const notMinio = withHttpServer((_, response) => {
    response.writeHead(404).end("nothing here");
  });

  const lookAt = (endpoint: string, storage: Readonly<Record<string, unknown>> = {}): Promise<Looked> =>
    look(objectStorageCheck, configured({ onprem: { objectStorage: { endpoint, ...storage } } }));

  it("fails on a closed port", async () => {
    const looked = await lookAt(`localhost:${await freePort()}`);
    assertBad(
      looked.finding("object-storage.reachable"),
      "failed",
      /refuses the connection/,
      /objectStorage\.endpoint/,
    );
  });

  it("fails on a name that does not resolve", async () => {
    const looked = await lookAt("minio.invalid");
    assertBad(looked.finding("object-storage.reachable"), "failed", /^minio\.invalid has a name that/);
  });

  it("fails on a server without TLS", async () => {
    const looked = await lookAt(notMinio.address());
    assertBad(looked.finding("object-storage.reachable"), "failed", /does not speak TLS there/);
  });

  it("fails on a server that is no MinIO", async () => {
    const looked = await lookAt(notMinio.address(), { tls: false });
    assertBad(
      looked.finding("object-storage.reachable"),
      "failed",
      /\/minio\/health\/live with status 404/,
      /console/,
    );
  });

  it("gives up on a server that says nothing", async () => {
    const looked = await lookAt(hanging.address());
    assertBad(looked.finding("object-storage.reachable"), "failed", /does not answer in time/);
  });

  it("has nothing to do with Azure", () => {
    const reason = objectStorageCheck.skip?.({ settings: { target: "aks" } } as never);
    assert.match(reason ?? "", /Azure/);
  });
});
