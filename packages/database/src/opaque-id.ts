import { randomUUID } from 'node:crypto';

/** An id that tells people its kind and nothing else: `<kind>_<32 hex digits>`. */
export function opaqueId(kind: 'bat' | 'cal' | 'key' | 'mdl'): string {
  return `${kind}_${randomUUID().replaceAll('-', '')}`;
}
