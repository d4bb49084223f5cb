import assert from "node:assert/strict";
import { request } from "../../../peers/http";
import { certificateFinding, finding } from "../../../preflight/check";
import { connectionProblem, isConnectionError } from "../../../peers/connection";
import { parseJson } from "../../../peers/json";
import { machineCas, publicCas } from "../../../peers/trust";
import { X509Certificate } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { authority } from "../../support/peers/authority";
import { withHttpServer, withHttpsServer } from "../../support/peers/loopback";
import { scratchFolder } from "../../support/scratch";

const ca = authority("Test CA");

const coded = (code: string): Error => Object.assign(new Error("raw words"), { code });
const { signal } = new AbortController();

describe("connectionProblem", () => {
  it("tells certificates from networks, and those that another CA mends", () => {
    assert.deepEqual(connectionProblem(coded("CERT_SIGNATURE_FAILURE")), {
      kind: "certificate",
      untrusted: true,
      reason: "has a certificate that the trusted CA of that name did not sign",
    });
    assert.equal(connectionProblem(coded("CERT_HAS_EXPIRED")).untrusted, false);
    assert.equal(connectionProblem(coded("CERT_NOT_YET_VALID")).kind, "certificate");
    assert.equal(connectionProblem(coded("EHOSTUNREACH")).kind, "network");
  });

  it("speaks of the first of several attempts", () => {
    const both = new AggregateError([coded("ECONNREFUSED"), coded("ENETUNREACH")]);
    assert.match(connectionProblem(both).reason, /nothing listens there/);
  });

  it("knows what OpenSSL and the parser of HTTP mean", () => {
    const said = (code: string, message = ""): string =>
      connectionProblem(Object.assign(new Error(message), { code })).reason;
    assert.equal(
      said("EPROTO", "80BC:error:0A00010B:SSL routines:ssl3_get_record:wrong version number"),
      "does not speak TLS there",
    );
    assert.match(
      said("EPROTO", "write EPROTO :SSL routines:tlsv1 alert protocol version"),
      /old versions of TLS/,
    );
    assert.match(said("ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE"), /no cipher in common/);
    assert.match(said("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"), /client certificate/);
    assert.equal(said("EPROTO", "something new"), "does not get through a TLS handshake");
    assert.equal(said("HPE_INVALID_CONSTANT"), "does not speak HTTP there");
    assert.match(said("HPE_HEADER_OVERFLOW"), /head that is too large/);
    assert.equal(isConnectionError(coded("EODD")), false);
    assert.equal(isConnectionError(coded("HPE_INVALID_CONSTANT")), true);
  });

  it("repeats the words of an error it does not know", () => {
    assert.equal(connectionProblem(coded("EODD")).reason, "fails: raw words");
    assert.equal(connectionProblem("text").reason, "fails: text");
  });
});

describe("ask", () => {
  const folder = scratchFolder();
  const huge = withHttpServer(({ url }, response) => {
    response.writeHead(url === "/refused" ? 403 : 200).end(Buffer.alloc(3 << 20, "x"));
  });
  const dripping = withHttpServer((_, response) => {
    const timer = setInterval(() => response.write(" "), 20);
    response.on("close", () => {
      clearInterval(timer);
    });
  });
  const slow = withHttpServer((_, response) => {
    response.write("a beginning");
  });
  const self = withHttpsServer(
    () => ca.issue(["DNS:localhost"]),
    (_, response) => {
      response.end("hello");
    },
  );

  it("cuts off what is too long", async () => {
    const { status, text } = await request({ url: new URL(`http://${huge.address()}`), signal });
    assert.equal(status, 200);
    assert.ok(text.length >= 1 << 20 && text.length < 2 << 20);
  });

  it("rejects what is too long where a part is of no use, unless it is a refusal", async () => {
    const whole = request({ url: new URL(`http://${huge.address()}`), signal, whole: true });
    await assert.rejects(whole, { code: "ERR_BODY_TOO_LARGE" });
    const refused = await request({ url: new URL(`http://${huge.address()}/refused`), signal, whole: true });
    assert.deepEqual([refused.status, refused.isCut], [403, true]);
  });

  it("limits the time of an answer that drips, once all is sent", async () => {
    const asked = request({
      url: new URL(`http://${dripping.address()}`),
      signal,
      idleMs: 500,
      answerMs: 200,
    });
    await assert.rejects(asked, { code: "ETIMEDOUT" });
  });

  it("limits the time until the end of an answer, not only until it begins", async () => {
    const asked = request({ url: new URL(`http://${slow.address()}`), signal, timeoutMs: 80 });
    await assert.rejects(asked, { code: "ETIMEDOUT" });
  });

  it("gives up with the signal", async () => {
    const controller = new AbortController();
    const asked = request({ url: new URL(`http://${slow.address()}`), signal: controller.signal });
    controller.abort();
    await assert.rejects(asked, { name: "AbortError" });
    const url = new URL(`http://${slow.address()}`);
    assert.throws(() => request({ url, signal: controller.signal }), { name: "AbortError" });
  });

  it("trusts public CAs alone unless given others, and gives the certificate", async () => {
    const url = new URL(`https://${self.address()}`);
    await assert.rejects(request({ url, signal }), { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
    const { certificate, text } = await request({ url, signal, ca: publicCas(ca.certificate) });
    assert.equal(text, "hello");
    assert.equal(certificate?.subjectAltName, "DNS:localhost");
  });

  it("trusts the CAs of the machine where that is wanted", async () => {
    const bundle = join(folder(), "bundle.pem");
    await writeFile(bundle, `# a comment\n${authority("Other CA").certificate}\n${ca.certificate}`);
    const url = new URL(`https://${self.address()}`);
    const trusting = await request({ url, signal, ca: await machineCas({ SSL_CERT_FILE: bundle }) });
    assert.equal(trusting.status, 200);
    const missing = await machineCas({ SSL_CERT_FILE: join(folder(), "absent") });
    assert.deepEqual(missing, publicCas());
  });
});

describe("parseJson", () => {
  it("takes what is nested too deep for none, whatever its strings hold", () => {
    assert.equal(parseJson("[".repeat(1_000_000) + "]".repeat(1_000_000)), undefined);
    assert.deepEqual(parseJson("[[1]]"), [[1]]);
    const brackets = ["[".repeat(5_000), '\\"[{'.repeat(2_000), "\\"];
    assert.deepEqual(parseJson(JSON.stringify(brackets)), brackets);
    const many = Array.from({ length: 5_000 }, () => [{}]);
    assert.deepEqual(parseJson(JSON.stringify(many)), many);
  });
});

describe("certificateFinding", () => {
  const certificate = new X509Certificate(ca.issue(["DNS:localhost"], 20).certificate);
  const check = finding("x.certificate", "Certificate");
  const inDays = (days: number): string =>
    certificateFinding(check, certificate, new Date(Date.now() + days * 86_400_000)).status;

  it("warns in the last two weeks, and fails after", () => {
    assert.deepEqual(
      [inDays(1), inDays(5), inDays(7), inDays(21)],
      ["passed", "passed", "warning", "failed"],
    );
  });
});
