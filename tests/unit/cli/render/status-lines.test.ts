import assert from "node:assert/strict";
import type { StatusReport } from "../../../../automation/status/report";
import { statusLines } from "../../../../cli/render/status-lines";

const read = <T>(value: T): { readonly readable: true; readonly value: T } => ({ readable: true, value });

const report: StatusReport = {
  verdict: "degraded",
  reasons: ["drain has no ready pod"],
  checkedAt: "2026-01-01T00:00:00Z",
  cluster: read({ server: "https://k8s.example.com", version: "v1.34.1", namespace: "spacelift" }),
  workloads: read([
    { name: "server", desired: 2, ready: 2, updated: 2, image: "r/b:v4.0.0", restarts: 0, pods: [] },
    {
      name: "drain",
      desired: 1,
      ready: 0,
      updated: 1,
      image: "r/b:v4.0.0",
      restarts: 7,
      pods: [
        {
          name: "drain-1",
          phase: "Pending",
          ready: false,
          restarts: 7,
          image: "r/b:v4.0.0",
          problem: "ImagePullBackOff: no such tag",
        },
      ],
    },
  ]),
  certificates: read([
    {
      host: "spacelift.example.com",
      secretName: "cert",
      certificate: { issuer: "R3", names: [], validTo: "2026-03-01", daysLeft: 60 },
      challenges: [],
    },
    { host: "vcs.example.com", secretName: "vcs-gateway-cert", challenges: ["http-01 pending: 404"] },
  ]),
  ingresses: read([{ name: "server", hosts: ["spacelift.example.com"], addresses: [] }]),
  migrations: read({ state: "finished", reason: "a server is ready" }),
  endpoints: read([
    {
      name: "ui",
      url: "https://spacelift.example.com/",
      ok: true,
      reason: "HTTP 200",
      via: "ingress",
      addresses: [],
      milliseconds: 12,
    },
  ]),
  versions: read({ expected: "v4.0.0", images: { server: "v4.0.0", drain: "v3.0.0" }, launcher: "v4.0.0" }),
  drift: { live: read([]), stack: { readable: false, reason: "the stack is locked" } },
};

describe("the status for people", () => {
  const lines = statusLines(report);

  it("begins with the verdict and its reasons", () => {
    assert.deepEqual(lines.slice(0, 2), ["degraded", "  drain has no ready pod"]);
  });

  it("has a line for each thing that is looked at, and says which are well", () => {
    for (const line of [
      "  https://k8s.example.com  v1.34.1  namespace spacelift",
      "  ✓ server  2 of 2 ready",
      "  ✗ drain  0 of 1 ready, 7 restarts",
      "      drain-1: ImagePullBackOff: no such tag",
      "  ✓ spacelift.example.com  60 days left, from R3",
      "  ✗ vcs.example.com  nothing usable in the Secret vcs-gateway-cert",
      "      http-01 pending: 404",
      "  ✗ server  spacelift.example.com  no address yet",
      "  finished: a server is ready",
      "  ✓ https://spacelift.example.com/  HTTP 200  12 ms  (past DNS, by the address of the Ingress)",
      "  ✓ server  v4.0.0",
      "  ✗ drain  v3.0.0",
      "  none",
      "differences from the state: could not be read: the stack is locked",
    ]) {
      assert.ok(lines.includes(line), `${line}\nis not in\n${lines.join("\n")}`);
    }
  });
});
