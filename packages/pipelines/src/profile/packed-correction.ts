import type { PackedDomainCorrection } from '@zerorouter/contracts';
import type { DomainCorrection } from '@zerorouter/latent-space';

/** A domain correction as a profiles file keeps it: directions lose what eight bits do not hold. */
export function packCorrection(correction: DomainCorrection): PackedDomainCorrection {
  const { meanEmbedding, directions, weights, ...numbers } = correction;
  return {
    ...numbers,
    reach: [numbers.reach[0], numbers.reach[1]],
    meanEmbedding: toBase64(meanEmbedding),
    directions: toBase64(Int8Array.from(directions, (value) => Math.round(127 * value))),
    weights: toBase64(weights),
  };
}

/** @throws RangeError when the parts do not fit together. */
export function unpackCorrection(packed: PackedDomainCorrection): DomainCorrection {
  const meanEmbedding = new Float32Array(fromBase64(packed.meanEmbedding));
  const weights = new Float64Array(fromBase64(packed.weights));
  const directions = Float32Array.from(
    new Int8Array(fromBase64(packed.directions)),
    (value) => value / 127,
  );
  if (directions.length !== weights.length * meanEmbedding.length)
    throw new RangeError(
      `domain correction: ${directions.length} directions for ${weights.length} anchors of ${meanEmbedding.length} coordinates`,
    );
  return { ...packed, meanEmbedding, directions, weights };
}

function toBase64(values: Float32Array | Float64Array | Int8Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}

/** The bytes in a buffer of their own, so that any number type is aligned in it. */
function fromBase64(text: string): ArrayBuffer {
  return Uint8Array.from(Buffer.from(text, 'base64')).buffer;
}
