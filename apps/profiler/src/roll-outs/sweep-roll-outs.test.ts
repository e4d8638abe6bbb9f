import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { connectDatabase } from '@zerorouter/database';
import type { Database, RollOut } from '@zerorouter/database';
import { createLogger } from '@zerorouter/platform';
import { sampleDecision } from '../../../../packages/database/test/sample-decision.js';
import { sampleProfile, sampleSpace } from '../../../../packages/database/test/sample-space.js';
import { describeWithDatabase } from '../../../../packages/database/test/test-database.js';
import { sweepRollOuts } from './sweep-roll-outs.js';

jest.setTimeout(60_000);

const weights = { accuracy: 1, cost: 0, latency: 0 };

describeWithDatabase('sweepRollOuts', (databaseUrl) => {
  let database: Database;
  beforeAll(async () => {
    database = connectDatabase(databaseUrl());
    await database.spaces.create(sampleSpace('v1'));
    await database.profiles.upsert({
      profile: sampleProfile('acme/model'),
      spaceVersion: 'v1',
      state: 'active',
      contextWindow: null,
      capabilities: [],
    });
  });
  afterAll(() => database.close());

  const begin = async (policy: string, minFeedback: number) => {
    await database.policies.put({ name: policy, weights });
    return database.rollOuts.start({
      policy,
      candidate: { label: 'weights', weights, constraints: {} },
      share: 0.5,
      unit: 'decision',
      qualityBound: 0.05,
      minFeedback,
      confidence: 0.95,
    });
  };
  let units = 0;
  /** Decides and judges `count` answers of an arm; every fifth one gets the score that the others do not. */
  const answer = async (
    { id }: RollOut,
    arm: 'control' | 'candidate',
    count: number,
    score: number,
  ) => {
    for (let i = 0; i < count; i++) {
      const unit = `unit-${units++}`;
      const other = { weights, constraints: {} };
      const decision = sampleDecision({ rollOut: { id, arm, share: 0.5, unit, other } });
      await database.decisions.appendMany([decision]);
      await database.feedback.create({
        decisionId: decision.id,
        keyId: null,
        source: 'tests',
        score: i % 5 === 0 ? 1 - score : score,
        outputTokens: null,
        idempotencyKey: null,
      });
    }
  };
  const sweep = () =>
    sweepRollOuts({
      rollOuts: database.rollOuts,
      evidence: database.policyEvidence,
      logger: createLogger('test', 'silent'),
      intervalMs: 0,
    });
  const read = ({ policy, id }: RollOut) => database.rollOuts.get(policy, id);

  it('rolls back a candidate that is surely worse, in one sweep and with the evidence', async () => {
    const bad = await begin('bad', 30);
    await answer(bad, 'control', 40, 1);
    await answer(bad, 'candidate', 29, 0);
    await sweep();
    // Sure, but too few to act upon.
    const before = await read(bad);
    expect(before).toMatchObject({ state: 'running' });
    expect(before!.evidence).toMatchObject({
      control: { scores: 40, mean: 0.8 },
      candidate: { scores: 29 },
    });
    expect(before!.evidence!.interval[1]).toBeLessThan(-0.05);

    await answer(bad, 'candidate', 1, 1);
    await Promise.all([sweep(), sweep()]);
    const after = await read(bad);
    expect(after).toMatchObject({ state: 'rolled_back', evidence: { candidate: { scores: 30 } } });
    const [alert, ...rest] = await database.alerts.list({ open: true });
    expect(rest).toEqual([]);
    expect(alert).toMatchObject({
      kind: 'roll-out:bad',
      evidence: { roll_out: bad.id, ...after!.evidence },
    });
    expect(alert!.message).toContain('was rolled back: its answers scored 0.2');
    await sweep();
    expect(await read(bad)).toEqual(after);
  });

  it('leaves one alone that is as good', async () => {
    const good = await begin('good', 10);
    await answer(good, 'control', 40, 1);
    await answer(good, 'candidate', 40, 1);
    await sweep();
    const seen = await read(good);
    expect(seen).toMatchObject({ state: 'running' });
    expect(seen!.evidence!.interval[0]).toBeLessThan(0);
    expect(seen!.evidence!.interval[1]).toBeGreaterThan(0);
  });
});
