// Empties one bucket of MinIO, however full it is. Run as `node -`, with this text on standard input and everything else in
// the environment: Pulumi keeps both in the state, so that it works without the program, on any machine with Node.js.
//
// MinIO drops a bucket with all that is in it (objects, versions, delete markers, uploads under way) in one request, as
// `mc rb --force` sends it. The bucket is made again, empty, for whoever deletes it next and expects it to be there: a run
// that ended between the two requests is repaired by the next one.
"use strict";

const { createHash, createHmac } = require("node:crypto");
const { readFileSync } = require("node:fs");
const http = require("node:http");
const https = require("node:https");
const { connect, getCACertificates, rootCertificates } = require("node:tls");

const { env } = process;
const bucket = env.BUCKET;
const region = env.REGION;
const isSecure = env.TLS === "true";
const origin = new URL(`${isSecure ? "https" : "http"}://${env.ENDPOINT}`);
const TIMEOUT_MS = 120_000;
const NOTHING = createHash("sha256").digest("hex");

const hmac = (key, text) => createHmac("sha256", key).update(text).digest();

/** The headers of a request without a body, signed by AWS Signature Version 4. */
function signedHeaders(method, extra) {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const day = time.slice(0, 8);
  const headers = { host: origin.host, "x-amz-content-sha256": NOTHING, "x-amz-date": time, ...extra };
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join("");
  const request = [method, `/${bucket}`, "", lines, names.join(";"), NOTHING].join("\n");
  const scope = `${day}/${region}/s3/aws4_request`;
  const digest = createHash("sha256").update(request).digest("hex");
  const key = [day, region, "s3", "aws4_request"].reduce(hmac, `AWS4${env.SECRET_ACCESS_KEY}`);
  const signature = hmac(key, ["AWS4-HMAC-SHA256", time, scope, digest].join("\n")).toString("hex");
  const credential = `Credential=${env.ACCESS_KEY_ID}/${scope}`;
  const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return { ...headers, authorization };
}

/** The CAs that programs in Go trust on this machine, as MinIO's provider does, and the given one. */
function authorities() {
  const files = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
  ];
  const readable = (file) => {
    try {
      return [readFileSync(file, "utf8")];
    } catch {
      return []; // Systems differ in which of these files they have.
    }
  };
  const system = (env.SSL_CERT_FILE ? [env.SSL_CERT_FILE] : files).flatMap(readable).slice(0, 1);
  // Where there are none of those files, newer releases of Node.js can ask the system.
  const asked = system.length === 0 && getCACertificates ? getCACertificates("system") : [];
  const own = env.CA_FILE ? [readFileSync(env.CA_FILE, "utf8")] : [];
  const extra = env.NODE_EXTRA_CA_CERTS ? readable(env.NODE_EXTRA_CA_CERTS) : [];
  return [...rootCertificates, ...system, ...asked, ...extra, ...own];
}

const tls = { ...(env.INSECURE === "true" && { rejectUnauthorized: false }) };

/** The proxy that the environment names for MinIO, in the rules of programs in Go; undefined to go directly. */
function proxy() {
  const variable = isSecure ? "HTTPS_PROXY" : "HTTP_PROXY";
  const value = env[variable] || env[variable.toLowerCase()];
  const { hostname } = origin;
  if (!value || hostname === "localhost" || /^127\.|^\[::1\]$/.test(hostname)) return undefined;
  const exceptions = (env.NO_PROXY || env.no_proxy || "").split(",").map((entry) => entry.trim());
  const isException = (entry) => {
    const name = entry.replace(/:\d+$/, "").replace(/^\*?\./, "");
    return entry === "*" || (name !== "" && (hostname === name || hostname.endsWith(`.${name}`)));
  };
  if (exceptions.some(isException)) return undefined;
  return new URL(/^[a-z][a-z0-9+]*:\/\//i.test(value) ? value : `http://${value}`);
}

/** A connection to MinIO over TLS through a proxy. */
function tunnel(through) {
  const { username, password } = through;
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString(
    "base64",
  );
  const path = `${origin.hostname}:${origin.port || 443}`;
  const headers = { host: path, ...(username && { "proxy-authorization": `Basic ${login}` }) };
  const { request } = through.protocol === "https:" ? https : http;
  return new Promise((resolve, reject) => {
    request(through, { method: "CONNECT", path, headers, agent: false, timeout: TIMEOUT_MS })
      .on("connect", ({ statusCode }, socket) => {
        if (statusCode !== 200) return reject(new Error(`the proxy answers with status ${statusCode}`));
        return resolve(connect({ socket, servername: origin.hostname, ...tls }));
      })
      .on("error", reject)
      .end();
  });
}

/** Sends a request and answers its status and MinIO's code and message of the error, if there is one. */
async function send(method, extra = {}) {
  const through = proxy();
  const common = { method, headers: signedHeaders(method, extra), agent: false };
  const path = `/${bucket}`;
  let exchange;
  if (!isSecure)
    exchange = http.request(through || origin, {
      ...common,
      path: through ? `${origin.origin}${path}` : path,
    });
  else if (!through) exchange = https.request(origin, { ...common, ...tls, path });
  else {
    const socket = await tunnel(through);
    // An agent, even none, would connect by itself.
    const { agent: _, ...rest } = common;
    exchange = https.request(origin, { ...rest, path, createConnection: () => socket });
  }
  return new Promise((resolve, reject) => {
    exchange.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => (text += chunk));
      response.on("error", reject).on("end", () => {
        const [, code = ""] = /<Code>(\w+)<\/Code>/.exec(text) || [];
        const [, message = ""] = /<Message>([^<]*)<\/Message>/.exec(text) || [];
        resolve({ status: response.statusCode, code, message });
      });
    });
    exchange.setTimeout(TIMEOUT_MS, () => exchange.destroy(new Error(`no answer in ${TIMEOUT_MS / 1000} s`)));
    exchange.on("error", reject).end();
  });
}

async function must(what, answer, accepted) {
  const { status, code, message } = await answer;
  if (status < 300 || code === accepted) return;
  const hint =
    code === "AccessDenied" ? `; ${env.ACCESS_KEY_ID} needs s3:ForceDeleteBucket and s3:CreateBucket` : "";
  throw new Error(`MinIO does not ${what}: ${code || `status ${status}`} ${message}${hint}`);
}

async function main() {
  if (isSecure) tls.ca = authorities();
  await must("empty the bucket", send("DELETE", { "x-minio-force-delete": "true" }), "NoSuchBucket");
  await must("make the bucket again", send("PUT"), "BucketAlreadyOwnedByYou");
}

main().catch((error) => {
  process.stderr.write(`the bucket ${bucket} at ${env.ENDPOINT} was not emptied: ${error.message}\n`);
  process.exitCode = 1;
});
