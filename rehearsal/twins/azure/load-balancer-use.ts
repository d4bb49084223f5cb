import { listAt, stringAt, type WorldState } from "../framework";
import { objects } from "../kubernetes/cluster";

/** The services of the simulated cluster whose load balancer has an address, as `namespace/name`. */
export function frontendsOf(state: WorldState, address: string): string[] {
  return objects
    .of(state)
    .entries()
    .map(([, object]) => object)
    .filter(
      ({ kind, status }) =>
        kind === "Service" &&
        listAt(status, "loadBalancer", "ingress").some((entry) => stringAt(entry, "ip") === address),
    )
    .map(({ namespace, name }) => `${namespace ?? ""}/${name}`);
}
