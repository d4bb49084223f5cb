import { type CheckContext, type Finding, type FindingName, failed, passed } from "../../check";
import { planBuckets } from "../../../../components/buckets";
import { setCommand } from "../../../../config/problems";
import { required } from "../../../../program/required";
import { type Minio, type StorageLogin, askSigned } from "./minio";

const there: FindingName = { id: "object-storage.buckets", title: "Buckets" };

/** Who looked, and which buckets it sees. */
export interface Seen {
  readonly buckets: readonly string[];
  readonly login: StorageLogin;
}

/** Compares the buckets that are there with those that are to be made, taken over or used. */
export async function findBuckets(
  context: CheckContext,
  minio: Minio,
  seen: Seen,
): Promise<readonly Finding[]> {
  const { settings } = context;
  const storage = required(settings.onprem, "onprem").objectStorage;
  const planned = planBuckets(settings.buckets, settings.buckets.createBinaries);
  const names = planned.map(({ name }) => name);
  if (!storage.createBuckets) return [given(names, await missing(names, minio, seen))];
  const present = names.filter((name) => seen.buckets.includes(name));
  const kept = planned.filter(({ retainOnDestroy }) => retainOnDestroy).map(({ name }) => name);
  if (storage.adoptKeptBuckets) return [adopted(kept.filter((name) => !present.includes(name)))];
  // Whether they are this stack's own cannot be seen from here.
  return [
    present.length === 0
      ? passed(there, `none of the ${names.length} buckets is there yet`)
      : passed(
          there,
          `${present.length} of ${names.length} buckets are there: right when this stack made them; a new stack takes them over with \`onprem.objectStorage.adoptKeptBuckets: true\``,
        ),
  ];
}

/** Which buckets do not exist. One that is not listed may be there all the same, for a key that may not list. */
async function missing(
  names: readonly string[],
  minio: Minio,
  { buckets, login }: Seen,
): Promise<readonly string[]> {
  const unlisted = names.filter((name) => !buckets.includes(name));
  const answers = await Promise.all(unlisted.map((name) => askSigned(minio, login, `/${name}?location=`)));
  return unlisted.filter((_, index) => answers[index]?.status === 404);
}

const given = (names: readonly string[], absent: readonly string[]): Finding =>
  absent.length === 0
    ? passed(there, `all ${names.length} buckets are there`)
    : failed(
        there,
        `${absent.join(", ")} ${absent.length === 1 ? "does" : "do"} not exist, and \`createBuckets\` is off`,
        `make them, or ${setCommand("onprem.objectStorage.createBuckets", true)}`,
      );

const adopted = (absent: readonly string[]): Finding =>
  absent.length === 0
    ? passed(there, "the buckets to take over are there")
    : failed(
        there,
        `${absent.join(", ")} cannot be taken over: not there`,
        setCommand("onprem.objectStorage.adoptKeptBuckets", false),
      );
