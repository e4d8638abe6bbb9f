import { describe, expect, it } from '@jest/globals';
import { DomainError } from '@zerorouter/contracts';
import type { QueryLatents } from '@zerorouter/contracts';
import { PredictorClient } from './predictor-client.js';

const latentsOf = (text: string): QueryLatents => ({
  discrimination: [1],
  difficulty: text.length,
  difficultyVariance: 0,
  logOutputTokens: 0,
  inputTokens: 1,
  familiarity: 1,
});

/** A queue in this process: answers by the length of the text, refuses the text "bad". */
function inProcess(cacheSize = 10) {
  const jobs: { spaceVersion: string; texts: string[] }[] = [];
  const client = new PredictorClient(
    {
      addAndWait: ({ spaceVersion, queries }) => {
        const texts = queries.map(({ text }) => text);
        jobs.push({ spaceVersion, texts });
        return texts.includes('bad')
          ? Promise.reject(new DomainError('job-failed', 'cannot read "bad"'))
          : Promise.resolve({ spaceVersion, latents: texts.map(latentsOf) });
      },
    },
    { cacheSize, timeoutMs: 100 },
  );
  const predict = (text: string, version = 's1') => client.predict(version, text, `hash-${text}`);
  return { jobs, predict };
}

describe('PredictorClient', () => {
  it('sends what arrives together as one job, the same text once', async () => {
    const { jobs, predict } = inProcess();
    const latents = await Promise.all([predict('a'), predict('bbb'), predict('a')]);
    expect(latents.map(({ difficulty }) => difficulty)).toEqual([1, 3, 1]);
    expect(jobs).toEqual([{ spaceVersion: 's1', texts: ['a', 'bbb'] }]);
  });

  it('answers repeats from memory, but not for another space', async () => {
    const { jobs, predict } = inProcess();
    await predict('a');
    expect(await predict('a')).toEqual(latentsOf('a'));
    expect(jobs).toHaveLength(1);
    await predict('a', 's2');
    expect(jobs[1]).toEqual({ spaceVersion: 's2', texts: ['a'] });
  });

  it('keeps spaces apart within one batch', async () => {
    const { jobs, predict } = inProcess();
    await Promise.all([predict('a'), predict('bb', 's2'), predict('ccc')]);
    expect(jobs).toEqual([
      { spaceVersion: 's1', texts: ['a', 'ccc'] },
      { spaceVersion: 's2', texts: ['bb'] },
    ]);
  });

  it('lets no text fail for the sake of its neighbour, and remembers no failure', async () => {
    const { jobs, predict } = inProcess();
    const [good, bad] = await Promise.allSettled([predict('good'), predict('bad')]);
    expect(good).toMatchObject({ status: 'fulfilled', value: { difficulty: 4 } });
    expect(bad).toMatchObject({ status: 'rejected', reason: { code: 'job-failed' } });
    const before = jobs.length;
    await expect(predict('bad')).rejects.toThrow('cannot read "bad"');
    expect(jobs.length).toBe(before + 1);
  });

  it('remembers nothing with a cache of size 0', async () => {
    const { jobs, predict } = inProcess(0);
    await predict('a');
    await predict('a');
    expect(jobs).toHaveLength(2);
  });
});
