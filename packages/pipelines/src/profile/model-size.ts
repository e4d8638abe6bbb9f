import type { ModelInfo } from '../data-set/model-info.js';

/** "…-8B", "8x7b", "1.5B" as a word of its own. */
const SIZE_IN_NAME = /(?:^|[^a-z0-9.])(?:(\d+)x)?(\d+(?:\.\d+)?)b(?![a-z0-9])/i;

/** Billions of parameters of a model, as its `models.json` says or else its name; null where neither does. */
export function modelSize(name: string, info: ModelInfo | undefined): number | null {
  const said = info?.size_b ?? info?.size;
  if (said !== undefined) return said > 0 ? said : null;
  const match = SIZE_IN_NAME.exec(name);
  if (match === null) return null;
  const size = Number(match[1] ?? 1) * Number(match[2]);
  return size > 0 ? size : null;
}
