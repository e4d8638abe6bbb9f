/** "…-8B", "8x7b", "1.5B" as a word of its own. */
const SIZE_IN_NAME = /(?:^|[^a-z0-9.])(?:(\d+)x)?(\d+(?:\.\d+)?)b(?![a-z0-9])/i;

/**
 * Billions of parameters of a model, as its metadata say or else its name; null where neither does.
 * @param said what the metadata say; one that is not positive says nothing, and the name is not asked.
 */
export function modelSize(name: string, said?: number | null): number | null {
  if (said !== undefined && said !== null) return said > 0 ? said : null;
  const match = SIZE_IN_NAME.exec(name);
  if (match === null) return null;
  const size = Number(match[1] ?? 1) * Number(match[2]);
  return size > 0 ? size : null;
}
