// Empties one bucket of a server with the API of S3. Run as `node -`, with this text on standard input and everything else in
// the environment: Pulumi keeps both in the state, so that it works without the program, on any machine with Node.js.
//
// A thousand objects, versions or delete markers are listed and deleted at a time, until the list is empty, and uploads
// under way are aborted. What was deleted stays deleted when the run ends early: the next one goes on. A bucket that is
// gone is made again, for whoever deletes it next and expects it to be there.
"use strict";

/* global authorities, proxy, tls, tunnel */
/* eslint-disable @typescript-eslint/no-unused-vars -- what stands in place of the word CONNECTION below uses them */
const { createHash, createHmac } = require("node:crypto");
const { readFileSync } = require("node:fs");
const http = require("node:http");
const https = require("node:https");
const { connect, getCACertificates, rootCertificates } = require("node:tls");
const { setTimeout: sleep } = require("node:timers/promises");

const { env } = process;
const region = env.REGION;
const isSecure = env.TLS === "true";
const origin = new URL(`${isSecure ? "https" : "http"}://${env.ENDPOINT}`);
const TIMEOUT_MS = 120_000;
const MOST_TRIES = 5;

// CONNECTION
const hmac = (key, text) => createHmac("sha256", key).update(text).digest();
const sha256 = (text) => createHash("sha256").update(text).digest("hex");

/** A text as it stands in a path or a query. */
const encoded = (text) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** The headers of a request, signed by AWS Signature Version 4. */
function signedHeaders(method, path, query, body) {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const day = time.slice(0, 8);
  const headers = {
    host: origin.host,
    "x-amz-content-sha256": sha256(body),
    "x-amz-date": time,
    ...(body !== "" && {
      "content-length": String(Buffer.byteLength(body)),
      "content-md5": createHash("md5").update(body).digest("base64"),
      "content-type": "application/xml",
    }),
  };
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join("");
  const request = [method, path, query, lines, names.join(";"), sha256(body)].join("\n");
  const scope = `${day}/${region}/s3/aws4_request`;
  const key = [day, region, "s3", "aws4_request"].reduce(hmac, `AWS4${env.SECRET_ACCESS_KEY}`);
  const signature = hmac(key, ["AWS4-HMAC-SHA256", time, scope, sha256(request)].join("\n")).toString("hex");
  const credential = `Credential=${env.ACCESS_KEY_ID}/${scope}`;
  const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return { ...headers, authorization };
}

/** Sends a request about the bucket or an object of it; the parameters are in the order of their names. */
async function send(method, parameters = {}, { key, body = "" } = {}) {
  const path = `/${env.BUCKET}${key === undefined ? "" : `/${key.split("/").map(encoded).join("/")}`}`;
  const query = Object.entries(parameters)
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .join("&");
  const target = query === "" ? path : `${path}?${query}`;
  const through = proxy();
  const common = { method, headers: signedHeaders(method, path, query, body), agent: false };
  let exchange;
  if (!isSecure)
    exchange = http.request(through || origin, {
      ...common,
      path: through ? `${origin.origin}${target}` : target,
    });
  else if (!through) exchange = https.request(origin, { ...common, ...tls, path: target });
  else {
    const socket = await tunnel(through);
    // An agent, even none, would connect by itself.
    const { agent: _, ...rest } = common;
    exchange = https.request(origin, { ...rest, path: target, createConnection: () => socket });
  }
  return new Promise((resolve, reject) => {
    exchange.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => (text += chunk));
      response.on("error", reject).on("end", () => {
        const [code, message] = [inner(text, "Code"), inner(text, "Message")];
        resolve({ status: response.statusCode, text, code, message });
      });
    });
    exchange.setTimeout(TIMEOUT_MS, () => exchange.destroy(new Error(`no answer in ${TIMEOUT_MS / 1000} s`)));
    exchange.on("error", reject).end(body);
  });
}

/** Sends a request, again when the server is too busy for it. */
async function patiently(...request) {
  for (let tries = 1; ; tries++) {
    const answer = await send(...request);
    if (![500, 502, 503, 504].includes(answer.status) || tries === MOST_TRIES) return answer;
    await sleep(tries * 1000);
  }
}

/** What an element of XML holds, still escaped; empty when there is none. */
const inner = (text, name) => (new RegExp(`<${name}>([^<]*)</${name}>`).exec(text) || [])[1] || "";

const elements = (text, name) => text.match(new RegExp(`<${name}>[^]*?</${name}>`, "g")) || [];

const characters = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

const unescaped = (text) =>
  text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hexadecimal, decimal, name) => {
    if (name) return characters[name] || whole;
    return String.fromCodePoint(hexadecimal ? parseInt(hexadecimal, 16) : Number(decimal));
  });

function refusal(what, { status, code, message }) {
  const hint = code === "AccessDenied" ? `; ${env.ACCESS_KEY_ID} lacks the right to` : "";
  return new Error(`the server does not ${what}: ${code || `status ${status}`} ${message}${hint}`);
}

/** What the bucket holds, as XML to delete it by; undefined when there is no bucket. */
async function list() {
  const versions = await patiently("GET", { "max-keys": "1000", versions: "" });
  if (versions.code === "NoSuchBucket") return undefined;
  if (versions.text.includes("<ListVersionsResult")) {
    const found = [...elements(versions.text, "Version"), ...elements(versions.text, "DeleteMarker")];
    return found.map(
      (each) => `<Key>${inner(each, "Key")}</Key><VersionId>${inner(each, "VersionId")}</VersionId>`,
    );
  }
  // A server without versions refuses to list them, or takes it for another question.
  const objects = await patiently("GET", { "list-type": "2", "max-keys": "1000" });
  if (objects.status !== 200) throw refusal("list objects", objects);
  return elements(objects.text, "Contents").map((each) => `<Key>${inner(each, "Key")}</Key>`);
}

async function deleteObjects() {
  for (let before; ;) {
    const found = await list();
    if (found === undefined) {
      const xml = "http://s3.amazonaws.com/doc/2006-03-01/";
      const where = `<CreateBucketConfiguration xmlns="${xml}"><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;
      const made = await patiently("PUT", {}, { body: region === "us-east-1" ? "" : where });
      if (made.status >= 300) throw refusal("make the bucket again", made);
      return;
    }
    if (found.length === 0) return;
    if (found[0] === before) throw new Error("what was deleted is still listed");
    [before] = found;
    const objects = found.map((each) => `<Object>${each}</Object>`).join("");
    const body = `<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Quiet>true</Quiet>${objects}</Delete>`;
    const answer = await patiently("POST", { delete: "" }, { body });
    const [kept] = elements(answer.text, "Error");
    if (answer.status !== 200 || kept !== undefined) throw refusal("delete objects", answer);
  }
}

async function abortUploads() {
  for (let before; ;) {
    const answer = await patiently("GET", { uploads: "" });
    // Some servers do not tell them.
    if (!answer.text.includes("<ListMultipartUploadsResult")) return;
    const uploads = elements(answer.text, "Upload");
    if (uploads.length === 0) return;
    if (uploads[0] === before) throw new Error("an upload that was aborted is still listed");
    [before] = uploads;
    for (const upload of uploads) {
      const key = unescaped(inner(upload, "Key"));
      const aborted = await patiently("DELETE", { uploadId: unescaped(inner(upload, "UploadId")) }, { key });
      if (aborted.status >= 300 && aborted.code !== "NoSuchUpload") throw refusal("abort an upload", aborted);
    }
  }
}

async function main() {
  if (isSecure) tls.ca = authorities();
  await deleteObjects();
  await abortUploads();
}

main().catch((error) => {
  process.stderr.write(`the bucket ${env.BUCKET} at ${env.ENDPOINT} was not emptied: ${error.message}\n`);
  process.exitCode = 1;
});
