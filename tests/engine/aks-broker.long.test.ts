import assert from "node:assert/strict";
import { changeCount } from "../support/rehearsed-stack";
import { inOrder, names, operationTimeout, position, rehearsalOf } from "./support";

describe("a stack on AKS with workers outside the cluster", function () {
  this.timeout(operationTimeout);
  inOrder();
  const stack = rehearsalOf({ stack: "aks", config: { "aks.size": "dev" } });

  it("gets an address of its own for the broker", async () => {
    await stack().up();
    assert.equal((await stack().outputs())["externalWorkers"], undefined);
    stack().setConfig("mqtt.domain", "mqtt.mycompany.com");
    stack().setConfig("mqtt.serviceType", "LoadBalancer");
    stack().setConfig("mqtt.staticAddress", true);
    const summary = await stack().up();
    assert.deepEqual(names(summary, "create"), [
      "platform-mqtt",
      "platform-mqtt-group",
      "platform-mqtt-ip",
      "platform-mqtt-role",
    ]);
    assert.ok(position(summary, "platform-mqtt-role") < position(summary, "spacelift-release"));
    const { externalWorkers, dnsRecords, platform } = await stack().outputs();
    const { brokerIpAddress } = platform as Record<string, string>;
    assert.ok(
      JSON.stringify(dnsRecords).includes(`"value":"${brokerIpAddress ?? ""}"`),
      JSON.stringify(dnsRecords),
    );
    assert.equal(
      (externalWorkers as Record<string, string>)["brokerEndpoint"],
      "tls://mqtt.mycompany.com:1984",
    );
    assert.equal(changeCount(await stack().up()), 0);
    assert.equal(changeCount(await stack().up({ args: ["--refresh"] })), 0);
  });

  it("gives it back when it is not wanted any more, after the load balancer", async () => {
    for (const key of ["mqtt.domain", "mqtt.serviceType", "mqtt.staticAddress"])
      stack().configure({ config: { [key]: undefined } });
    const summary = await stack().up();
    assert.ok(position(summary, "spacelift-release") < position(summary, "platform-mqtt-ip"));
    assert.equal((await stack().outputs())["externalWorkers"], undefined);
    assert.equal(changeCount(await stack().up()), 0);
  });
});
