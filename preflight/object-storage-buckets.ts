import { bucketsOf } from "../components/buckets";
import { required, setCommand } from "../config/problems";
import { type CheckContext, type Finding, finding } from "./check";
import { askSigned, type Login, type ObjectStore } from "./object-store";

const bucketsCheck = finding("object-storage.buckets", "Buckets");

/** Compares the buckets that exist with those that are to be created, taken over or used. */
export async function findBuckets(
  { settings }: CheckContext,
  store: ObjectStore,
  login: Login,
  listed: readonly string[],
): Promise<Finding> {
  const { createBuckets, adoptKeptBuckets } = required(settings.onprem, "onprem").objectStorage;
  const planned = bucketsOf(settings);
  const isAbsent = ({ name }: { readonly name: string }): boolean => !listed.includes(name);
  const unlisted = planned.filter(isAbsent).map(({ name }) => name);
  if (!createBuckets) {
    // One that is not listed may exist all the same, for a key that may not list.
    const absent: string[] = [];
    for (const name of unlisted) {
      if ((await askSigned(store, login, `/${name}?location=`)).status === 404) absent.push(name);
    }
    return absent.length === 0
      ? bucketsCheck.passed(`all ${planned.length} buckets exist`)
      : bucketsCheck.failed(
          `${absent.join(", ")} ${absent.length === 1 ? "does" : "do"} not exist, and \`createBuckets\` is off`,
          `create them, or ${setCommand("onprem.objectStorage.createBuckets", true)}`,
        );
  }
  if (adoptKeptBuckets) {
    const absent = planned.filter((bucket) => bucket.retainOnDestroy && isAbsent(bucket));
    return absent.length === 0
      ? bucketsCheck.passed("the buckets to take over exist")
      : bucketsCheck.failed(
          `${absent.map(({ name }) => name).join(", ")} cannot be taken over: no such bucket`,
          setCommand("onprem.objectStorage.adoptKeptBuckets", false),
        );
  }
  const existing = planned.length - unlisted.length;
  // Whether they are this stack's own cannot be seen from here.
  return bucketsCheck.passed(
    existing === 0
      ? `none of the ${planned.length} buckets exists yet`
      : `${existing} of ${planned.length} buckets exist: right when this stack created them; a new stack takes them over with \`onprem.objectStorage.adoptKeptBuckets: true\``,
  );
}
