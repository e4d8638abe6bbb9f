import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWithDatabase } from '../../test/test-database.js';
import { connectDatabase } from '../database.js';
import type { Database } from '../database.js';
import type { NewRollOut } from './roll-out-records.js';

const weights = { accuracy: 1, cost: 0.1, latency: 0 };
const bold = { accuracy: 1, cost: 0, latency: 0 };

describeWithDatabase('RollOutStore', (databaseUrl) => {
  let database: Database;
  let other: Database;
  beforeAll(() => {
    database = connectDatabase(databaseUrl());
    other = connectDatabase(databaseUrl());
  });
  afterAll(() => Promise.all([database.close(), other.close()]));

  const settings = (policy: string): NewRollOut => ({
    policy,
    candidate: { label: 'weights', weights: bold, constraints: { maxCostUsd: 1 } },
    share: 0.25,
    unit: 'session',
    qualityBound: 0.05,
    minFeedback: 10,
    confidence: 0.95,
  });
  const begin = async (policy: string) => {
    await database.policies.put({ name: policy, weights, shadow: ['balanced'] });
    return database.rollOuts.start(settings(policy));
  };

  it('runs once a policy, and keeps the policy as it is meanwhile', async () => {
    const { rollOuts, policies } = database;
    const started = await begin('one');
    expect(started).toMatchObject({
      ...settings('one'),
      control: { weights, constraints: {} },
      controlVersion: 1,
      state: 'running',
      evidence: null,
      endedAt: null,
    });
    expect(await rollOuts.running()).toEqual([started]);
    await expect(rollOuts.start(settings('one'))).rejects.toMatchObject({
      code: 'roll-out-running',
      details: { roll_out: started.id },
    });
    await expect(policies.put({ name: 'one', weights: bold })).rejects.toMatchObject({
      code: 'roll-out-running',
    });
    // Equal to what is there: nothing is written.
    expect(await policies.put({ name: 'one', weights, shadow: ['balanced'] })).toMatchObject({
      version: 1,
    });
    const aborted = await rollOuts.abort('one', started.id);
    expect(aborted).toMatchObject({ state: 'aborted' });
    expect(aborted.endedAt).toBeInstanceOf(Date);
    expect(await rollOuts.running()).toEqual([]);
    expect(await policies.get('one')).toMatchObject({ version: 1, weights });
    expect(await policies.put({ name: 'one', weights: bold })).toMatchObject({ version: 2 });
  });

  it('finishes as a new version, tells every listener, and ends once', async () => {
    const heard: string[] = [];
    const subscription = await other.listenForChanges(({ kind }) => heard.push(kind));
    const { id } = await begin('two');
    const { rollOuts } = database;
    const ends = await Promise.allSettled([
      rollOuts.finish('two', id),
      other.rollOuts.finish('two', id),
      other.rollOuts.rollBack(id, EVIDENCE, alert('two')),
    ]);
    const finished = await rollOuts.get('two', id);
    expect(['finished', 'rolled_back']).toContain(finished!.state);
    const refused = ends.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThanOrEqual(1);
    for (const end of refused)
      expect((end as PromiseRejectedResult).reason).toMatchObject({ code: 'roll-out-ended' });
    if (finished!.state === 'finished')
      expect(await database.policies.versions('two')).toMatchObject([
        { version: 2, weights: bold, constraints: { maxCostUsd: 1 }, shadow: ['balanced'] },
        { version: 1 },
      ]);
    for (let i = 0; i < 50 && heard.length < 3; i++)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(heard.filter((kind) => kind === 'policy').length).toBeGreaterThanOrEqual(3);
    await subscription.close();
    await expect(rollOuts.abort('none', id)).rejects.toMatchObject({ code: 'roll-out-not-found' });
  });

  it('is rolled back once, with one alert, by whoever of several sweeps', async () => {
    const { id } = await begin('three');
    const claims = await Promise.all(
      [database, other, database, other].map(({ rollOuts }) => rollOuts.claimDue(60_000)),
    );
    expect(claims.flat().map((rollOut) => rollOut.id)).toEqual([id]);
    expect(await other.rollOuts.claimDue(60_000)).toEqual([]);
    expect(await other.rollOuts.claimDue(0)).toHaveLength(1);
    const done = await Promise.all(
      [database, other].map(({ rollOuts }) => rollOuts.rollBack(id, EVIDENCE, alert('three'))),
    );
    expect(done.sort()).toEqual([false, true]);
    expect(await database.rollOuts.get('three', id)).toMatchObject({
      state: 'rolled_back',
      evidence: EVIDENCE,
    });
    const open = await database.alerts.list({ open: true });
    expect(open.filter(({ kind }) => kind === 'roll-out:three')).toMatchObject([
      { message: 'worse', evidence: { roll_out: 'x' }, modelId: null },
    ]);
    // What comes later changes nothing any more.
    await database.rollOuts.record(id, { ...EVIDENCE, interval: [0, 1] });
    expect(await database.rollOuts.get('three', id)).toMatchObject({ evidence: EVIDENCE });
    expect(await database.policies.get('three')).toMatchObject({ version: 1 });
  });

  it('is refused beside a budget, and where there is no policy', async () => {
    const budget = { usd: 1, period: 'day' as const };
    await database.policies.put({ name: 'paced', weights, budget });
    await expect(database.rollOuts.start(settings('paced'))).rejects.toMatchObject({
      code: 'roll-out-budgeted',
    });
    await expect(database.rollOuts.start(settings('none'))).rejects.toMatchObject({
      code: 'policy-not-found',
    });
  });
});

const EVIDENCE = {
  control: { scores: 40, mean: 0.9 },
  candidate: { scores: 12, mean: 0.2 },
  interval: [-0.9, -0.3] as [number, number],
};

function alert(policy: string) {
  return {
    kind: `roll-out:${policy}`,
    modelId: null,
    message: 'worse',
    evidence: { roll_out: 'x' },
  };
}
