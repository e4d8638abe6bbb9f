import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { DeploymentHealth } from './deployment-health.js';
import type { Finding } from './deployment-health.js';

const newDeployment = () => ({
  id: 'd',
  baseUrl: 'https://a.example',
  upstreamModel: 'm',
  apiKey: null,
  authHeader: null,
});

function harness(restMs = 60) {
  const health = new DeploymentHealth({ failuresInARow: 3, restMs, brokenRestMs: 200 });
  const deployment = newDeployment();
  let calls = 0;
  const call = async (finding: Finding, ms = 0): Promise<string> => {
    const outcome = await health.run(deployment, async () => {
      calls++;
      if (ms > 0) await sleep(ms);
      return { finding };
    });
    return outcome === null ? 'resting' : outcome.finding.kind;
  };
  const fail = async (times: number) => {
    for (let i = 0; i < times; i++) expect(await call({ kind: 'failed' })).toBe('failed');
  };
  return { health, deployment, call, fail, calls: () => calls };
}

describe('DeploymentHealth', () => {
  it('lets a deployment rest after failures in a row, and not after as many apart', async () => {
    const { call, fail, health, deployment } = harness();
    await fail(2);
    await call({ kind: 'well' });
    await fail(2);
    expect(health.restsFor(deployment)).toBe(0);
    await fail(1);
    expect(health.restsFor(deployment)).toBeGreaterThan(20);
    expect(await call({ kind: 'well' })).toBe('resting');
  });

  it('lets one call through after the rest, and the others once that went well', async () => {
    const { call, fail, calls } = harness();
    await fail(3);
    await sleep(70);
    const probe = call({ kind: 'well' }, 40);
    expect(await Promise.all([call({ kind: 'well' }), call({ kind: 'well' })])).toEqual([
      'resting',
      'resting',
    ]);
    expect(calls()).toBe(4);
    expect(await probe).toBe('well');
    expect(await call({ kind: 'well' })).toBe('well');
  });

  it('rests twice as long when the probe fails', async () => {
    const { call, fail, health, deployment } = harness();
    await fail(3);
    await sleep(70);
    await fail(1);
    expect(health.restsFor(deployment)).toBeGreaterThan(70);
    await sleep(130);
    expect(await call({ kind: 'well' })).toBe('well');
    await fail(2);
    expect(health.restsFor(deployment)).toBe(0);
  });

  it('rests as long as the provider asks, at its first word', async () => {
    const { call, health, deployment } = harness();
    await call({ kind: 'busy', restMs: 150 });
    expect(health.restsFor(deployment)).toBeGreaterThan(100);
    expect(await call({ kind: 'well' })).toBe('resting');
    await sleep(160);
    expect(await call({ kind: 'well' })).toBe('well');
  });

  it('rests long at once when somebody has to mend it', async () => {
    const { call, health, deployment } = harness();
    await call({ kind: 'broken' });
    expect(health.restsFor(deployment)).toBeGreaterThan(150);
    const mended = { ...deployment, apiKey: 'new' };
    expect(health.restsFor(mended)).toBe(0);
  });

  it('learns nothing from a caller who hangs up, neither before nor as a probe', async () => {
    const { call, fail, health, deployment } = harness();
    for (let i = 0; i < 5; i++) expect(await call({ kind: 'unknown' })).toBe('unknown');
    await fail(2);
    expect(health.restsFor(deployment)).toBe(0);
    await call({ kind: 'unknown' });
    await fail(1);
    expect(await call({ kind: 'well' })).toBe('resting');
    await sleep(70);
    expect(await call({ kind: 'unknown' })).toBe('unknown');
    // Still half open: the next one is a probe, and others keep away meanwhile.
    const probe = call({ kind: 'failed' }, 30);
    expect(await call({ kind: 'well' })).toBe('resting');
    await probe;
    expect(await call({ kind: 'well' })).toBe('resting');
  });
});
