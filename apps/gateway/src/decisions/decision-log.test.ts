import { describe, expect, it } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import type { DecisionRecord } from '@zerorouter/database';
import { newDecisionId } from './decision-id.js';
import { DecisionLog } from './decision-log.js';

const record = (id: string) => ({ id }) as DecisionRecord;
/** Until all that was put off to the end of this turn of the event loop is done: immediates run in their order. */
const settle = () => setImmediate();

function harness() {
  const inserts: { ids: string[]; commit: () => void; fail: (error: Error) => void }[] = [];
  const log = new DecisionLog({
    appendMany: (records) =>
      new Promise((resolve, reject) => {
        inserts.push({ ids: records.map(({ id }) => id), commit: resolve, fail: reject });
      }),
  });
  return { inserts, log };
}

describe('DecisionLog', () => {
  it('lets a reply go only once its record is committed', async () => {
    const { inserts, log } = harness();
    let replied = false;
    const reply = log.record(record('a')).then(() => (replied = true));
    await settle();
    expect(inserts.map(({ ids }) => ids)).toEqual([['a']]);
    expect(replied).toBe(false);
    inserts[0]?.commit();
    await reply;
  });

  it('gathers records while others are being written', async () => {
    const { inserts, log } = harness();
    const replies: Promise<void>[] = [];
    for (const id of ['a', 'b']) {
      replies.push(log.record(record(id)));
      await settle();
    }
    replies.push(...['c', 'd', 'e'].map((id) => log.record(record(id))));
    await settle();
    expect(inserts).toHaveLength(2);
    inserts[0]?.commit();
    await settle();
    expect(inserts[2]?.ids).toEqual(['c', 'd', 'e']);
    inserts[1]?.commit();
    inserts[2]?.commit();
    await Promise.all(replies);
  });

  it('passes a failure on to all whose records it concerns', async () => {
    const { inserts, log } = harness();
    const replies = Promise.allSettled(['a', 'b'].map((id) => log.record(record(id))));
    await settle();
    inserts[0]?.fail(new Error('disk full'));
    expect((await replies).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});

describe('newDecisionId', () => {
  it('sorts by time and does not repeat', () => {
    const early = newDecisionId(new Date(1_000));
    const late = newDecisionId(new Date(2_000));
    expect(early).toMatch(/^dec_[0-9a-f]{32}$/);
    expect(early < late).toBe(true);
    expect(newDecisionId(new Date(1_000))).not.toBe(early);
  });
});
