import { readFileSync } from "node:fs";
import { join } from "node:path";

const textOf = (file: string): string => readFileSync(join(__dirname, file), "utf8");

/** How the script for MinIO connects: certificates, proxy, tunnel. */
function connectionOf(script: string): string {
  const [begin, end] = ["/** The CAs that programs in Go trust", "/** Sends a request"].map((text) =>
    script.indexOf(text),
  );
  if (begin === undefined || end === undefined || begin < 0 || end < begin) {
    throw new Error("bug: the script that empties a bucket has another shape");
  }
  return script.slice(begin, end);
}

const minio = textOf("empty-bucket.cjs");

/**
 * What `node -` runs to empty a bucket, by what stores it. Both texts are in the states of stacks, so that a change of
 * one is an update on every stack: the one for MinIO is left as it is, and lends its connection to the other.
 */
export const emptyingScripts: Readonly<Record<"minio" | "s3", string>> = {
  minio,
  s3: textOf("empty-s3-bucket.cjs").replace("// CONNECTION\n", () => connectionOf(minio)),
};
