import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sampleCall } from '../../test/sample-call.js';
import { describeWithDatabase } from '../../test/test-database.js';
import { connectDatabase } from '../database.js';
import type { Database } from '../database.js';

describeWithDatabase('CallStore', (databaseUrl) => {
  let database: Database;
  beforeAll(() => {
    database = connectDatabase(databaseUrl());
  });
  afterAll(() => database.close());

  it('gives back what was appended, by its decision', async () => {
    await database.calls.appendMany([]);
    const full = sampleCall({
      decisionId: 'dec_1',
      keyId: 'key_1',
      reasoningTokens: 12,
      cachedTokens: 0,
      finishReason: 'stop\0',
    });
    const bare = sampleCall({
      decisionId: 'dec_2',
      deploymentId: null,
      status: null,
      ending: 'failed',
      inputTokens: null,
      outputTokens: null,
      costUsd: null,
      ttftMs: null,
    });
    await database.calls.appendMany([full, bare, sampleCall({ decisionId: null })]);
    expect(await database.calls.ofDecision('dec_1')).toEqual({
      ...full,
      finishReason: 'stop\uFFFD',
    });
    expect(await database.calls.ofDecision('none')).toBeNull();
    const found = await database.calls.ofDecisions(['dec_2', 'none']);
    expect([...found]).toEqual([['dec_2', bare]]);
  });

  it('may be told twice, and holds one call a decision', async () => {
    const call = sampleCall({ decisionId: 'dec_3' });
    await database.calls.appendMany([call]);
    const later = sampleCall({ decisionId: 'dec_4' });
    await database.calls.appendMany([{ ...call, model: 'other' }, later]);
    await database.calls.appendMany([sampleCall({ decisionId: 'dec_3', model: 'third' })]);
    expect(await database.calls.ofDecision('dec_3')).toEqual(call);
    expect(await database.calls.ofDecision('dec_4')).toEqual(later);
  });
});
