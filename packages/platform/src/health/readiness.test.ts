import { describe, expect, it } from '@jest/globals';
import { Readiness } from './readiness.js';

describe('Readiness', () => {
  it('is ready when every check is, and says what is amiss', async () => {
    const readiness = new Readiness({
      postgres: () => Promise.resolve('answers'),
      queue: () => Promise.reject(new Error('no predictor')),
    });
    const report = await readiness.report();
    expect(report.ready).toBe(false);
    expect(report.checks.postgres).toMatchObject({ ok: true, detail: 'answers' });
    expect(report.checks.queue).toMatchObject({ ok: false, detail: 'no predictor' });
  });

  it('asks once for many, and again when the report has aged; a bad one ages faster', async () => {
    let now = 0;
    let asked = 0;
    let well = true;
    const check = () => {
      asked++;
      return well ? Promise.resolve('ok') : Promise.reject(new Error('down'));
    };
    const readiness = new Readiness({ check }, { cacheMs: 2_000, now: () => now });
    await Promise.all([readiness.report(), readiness.report()]);
    now = 1_999;
    await readiness.report();
    expect(asked).toBe(1);
    now = 2_000;
    well = false;
    expect((await readiness.report()).ready).toBe(false);
    expect(asked).toBe(2);
    now = 2_200;
    well = true;
    expect((await readiness.report()).ready).toBe(true);
    expect(asked).toBe(3);
  });

  it('does not wait for a check that hangs', async () => {
    const readiness = new Readiness({ stuck: () => new Promise(() => {}) }, { timeoutMs: 20 });
    expect((await readiness.report()).checks.stuck).toMatchObject({
      ok: false,
      detail: 'no answer within 20 ms',
    });
  });
});
