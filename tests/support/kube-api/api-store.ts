import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openWorld } from "../../../rehearsal/twins";
import type { Manifest } from "../../../rehearsal/twins/kubernetes/api/manifest";
import { WorldObjects } from "../../../rehearsal/twins/kubernetes/api/world-objects";
import { emptyCluster } from "../../../rehearsal/twins/kubernetes/cluster";

/** The objects of a simulated cluster, to be changed behind everybody's back. */
export class ApiStore {
  private readonly folder = mkdtempSync(join(tmpdir(), "spacelift-test-cluster-"));
  private readonly world = openWorld(this.folder);
  readonly objects = new WorldObjects(this.world);

  put(...objects: readonly Manifest[]): void {
    this.objects.put(...objects);
  }

  clear(): void {
    this.world.change(emptyCluster);
  }

  /** Takes the cluster away. */
  dispose(): void {
    rmSync(this.folder, { recursive: true });
  }

  /** Changes an object that is there. */
  change(kind: string, name: string, change: (object: Manifest) => Manifest): void {
    this.put(change(this.get(kind, name)));
  }

  remove(kind: string, name: string): void {
    this.objects.remove(this.get(kind, name));
  }

  /** An object that is there. */
  get(kind: string, name: string): Manifest {
    const found = this.objects.all().find((object) => object.kind === kind && object.metadata.name === name);
    if (!found) throw new Error(`there is no ${kind} ${name}`);
    return found;
  }
}
