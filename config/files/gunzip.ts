import { Transform, type TransformCallback } from "node:stream";
import { constants, createGunzip, type Gunzip } from "node:zlib";

/**
 * How much larger than its archive a content may be. Layers of images have a fifth of their size at the least; what is made
 * to unpack without end has a thousandth.
 */
const MOST_GROWTH = 50;

/** What may be unpacked all the same, for archives that are small. */
const FREE_BYTES = 64 * 1024 * 1024;

/** Unpacks gzip, and gives up on what unpacks to far more than there is. */
export function gunzip(chunkSize = constants.Z_DEFAULT_CHUNK): readonly [Gunzip, Transform] {
  const unpacking = createGunzip({ chunkSize });
  let unpacked = 0;
  const guard = new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      unpacked += chunk.length;
      const isBomb = unpacked > FREE_BYTES + MOST_GROWTH * unpacking.bytesWritten;
      if (isBomb) done(new Error(`it unpacks to more than ${MOST_GROWTH} times its size`));
      else done(null, chunk);
    },
  });
  return [unpacking, guard];
}
