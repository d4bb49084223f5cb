import assert from "node:assert/strict";
import type { Properties } from "../../rehearsal/twins/framework";
import { kubernetesTwin } from "../../rehearsal/twins/kubernetes";
import { forSuite } from "../support/peers/suite";
import { connected } from "../twins/support/connected";
import { startApiServer } from "./ground/api-server";
import { goBuildTimeout } from "./ground/go-programs";
import { type JudgedObject, judgedObjects } from "./twin-objects";

describe("the twin of the Kubernetes provider refuses what an API server refuses", function () {
  this.timeout(60_000);
  const server = forSuite(startApiServer, 2 * goBuildTimeout);
  const twin = connected(kubernetesTwin);

  /** What the API server has against an object; it stores nothing. */
  async function serverSays({ apiVersion, kind, resource, isClusterWide, object }: JudgedObject) {
    const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const place = isClusterWide ? group : `${group}/namespaces/default`;
    const body = { apiVersion, kind, ...object };
    const answer = await server().api.send("POST", `${place}/${resource}?dryRun=All`, body);
    return answer.status < 300 ? undefined : (answer.body as { readonly message: string }).message;
  }

  async function twinSays({ apiVersion, kind, isClusterWide, object }: JudgedObject) {
    const metadata = {
      ...(object["metadata"] as Properties),
      ...(!isClusterWide && { namespace: "default" }),
    };
    const group = apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`;
    const inputs = { apiVersion, kind, ...object, metadata };
    const { failures } = await twin().check(`kubernetes:${group}:${kind}`, "judged", inputs);
    return failures.length === 0 ? undefined : failures.join("; ");
  }

  for (const judged of judgedObjects) {
    it(judged.what, async () => {
      const [real, simulated] = [await serverSays(judged), await twinSays(judged)];
      const isSame = (real === undefined) === (simulated === undefined);
      assert.ok(isSame, `API server: ${real ?? "takes it"}\ntwin: ${simulated ?? "takes it"}`);
    });
  }
});
