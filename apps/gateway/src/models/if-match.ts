import { DomainError } from '@zerorouter/contracts';
import type { RevisionGuard } from '@zerorouter/database';

const TAG = /(?:W\/)?"[\x21\x23-\x7e]*"/;
const TAGS = new RegExp(`^${TAG.source}(?:\\s*,\\s*${TAG.source})*$`);

/** The entity tag of a model at this revision. */
export function etagOf(revision: number): string {
  return `"${revision}"`;
}

/**
 * Which revisions an `If-Match` admits: any when there is none, or `*`. Weak tags match nothing, as RFC
 * 9110 has it.
 * @throws DomainError `invalid-request` when it is no list of entity tags
 */
export function parseIfMatch(header: string | undefined): RevisionGuard {
  const text = header?.trim();
  if (text === undefined || text === '*') return {};
  if (!TAGS.test(text)) {
    const message = 'must be * or the ETag of an earlier answer, in its quotes';
    throw new DomainError('invalid-request', `the header If-Match ${message}`, {
      details: { errors: [{ path: 'if-match', message }] },
    });
  }
  const tags = text.match(new RegExp(TAG, 'g')) ?? [];
  return {
    revisions: tags.flatMap((tag) => (/^"\d+"$/.test(tag) ? [Number(tag.slice(1, -1))] : [])),
  };
}
