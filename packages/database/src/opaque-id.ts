import { randomUUID } from 'node:crypto';

/** An id that tells people its kind and nothing else: `<kind>_<32 hex digits>`. */
export function opaqueId(
  kind:
    | 'alr'
    | 'anc'
    | 'aud'
    | 'bat'
    | 'cal'
    | 'dep'
    | 'dlt'
    | 'fbk'
    | 'lbl'
    | 'key'
    | 'mdl'
    | 'onb'
    | 'rol'
    | 'src',
): string {
  return `${kind}_${randomUUID().replaceAll('-', '')}`;
}
