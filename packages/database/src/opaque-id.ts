import { randomUUID } from 'node:crypto';

/** An id that tells people its kind and nothing else: `<kind>_<32 hex digits>`. */
export function opaqueId(
  kind: 'alr' | 'anc' | 'bat' | 'cal' | 'dep' | 'fbk' | 'lbl' | 'key' | 'mdl' | 'onb' | 'src',
): string {
  return `${kind}_${randomUUID().replaceAll('-', '')}`;
}
