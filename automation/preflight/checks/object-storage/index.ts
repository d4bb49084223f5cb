import { type Check, type CheckContext, type Finding } from "../../check";
import { findBuckets } from "./buckets";
import { findCors } from "./cors";
import { findCredentials } from "./credentials";
import { type Minio } from "./minio";
import { reach } from "./reach";

/** Looks at the MinIO of the on-premises target: the way there, its certificate and clock, who may do what, CORS. */
export const objectStorageCheck: Check = {
  id: "object-storage",
  title: "Object storage",
  timeoutMs: 30_000,
  skip: ({ settings }) =>
    settings.target === "onprem" ? undefined : "the storage account is part of the Azure target",
  run: async (context) => {
    const { findings, minio } = await reach(context);
    return minio === undefined ? findings : [...findings, ...(await askAll(context, minio))];
  },
};

async function askAll(context: CheckContext, minio: Minio): Promise<readonly Finding[]> {
  const [{ findings, buckets, login }, cors] = await Promise.all([
    findCredentials(context, minio),
    findCors(context, minio),
  ]);
  const inside = buckets === undefined ? [] : await findBuckets(context, minio, { buckets, login });
  return [...findings, ...inside, cors];
}
