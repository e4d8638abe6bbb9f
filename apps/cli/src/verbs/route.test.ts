import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

jest.setTimeout(180_000);

const folder = mkdtempSync(join(tmpdir(), 'zerorouter-cli-route-'));
const program = resolve(import.meta.dirname, '../../dist/main.js');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...parameters: string[]) {
  return spawnSync(process.execPath, [program, 'route', ...parameters], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ENCODER_CACHE_DIR: join(folder, 'encoder') },
  });
}

/** Three queries; "dear" is better and asks ten cents, query "b" may not be sent to "unpriced". */
const PREDICTIONS = [
  'query_id,model,p,sd,output_tokens,cost_usd,latency_s',
  'a,lab/cheap,0.5,0.1,10,0.01,1',
  'a,lab/dear,0.9,0.1,10,0.1,2',
  'a,unpriced,0.95,0.1,10,,3',
  'b,lab/cheap,0.4,0.1,10,0.01,1',
  'b,lab/dear,0.6,0.1,10,0.1,2',
  '"c,1",lab/dear,0.8,0.1,10,0.1,2',
  '"c,1",lab/cheap,0.7,0.1,10,0.01,',
  '"c,1",unpriced,0.2,0.1,10,,',
];
writeFileSync(join(folder, 'predictions.csv'), `${PREDICTIONS.join('\n')}\n`);
const rows = (file: string) => readFileSync(join(folder, file), 'utf8').trim().split('\n');
const fromPredictions = ['--predictions', 'predictions.csv', '--out', 'routes.csv'];

describe('zr route', () => {
  it('spends a budget where it buys most, and says what another dollar would buy', () => {
    const { status, stdout } = run(...fromPredictions, '--budget-usd', '0.12');
    expect(status).toBe(0);
    expect(rows('routes.csv')).toEqual([
      'query_id,model,p,cost_usd,latency_s',
      'a,lab/dear,0.9,0.1,2',
      'b,lab/cheap,0.4,0.01,1',
      '"c,1",lab/cheap,0.7,0.01,',
    ]);
    const summary = JSON.parse(stdout) as { totals: object; shadowPrices: { budget: number } };
    expect(summary).toMatchObject({
      queries: 3,
      models: 3,
      totals: { expectedCorrect: 2, costUsd: expect.closeTo(0.12, 12) },
      calls: { 'lab/cheap': 2, 'lab/dear': 1 },
    });
    // Between the upgrade of "b" (.2 for 9 cents) and that of "a" (.4 for 9 cents).
    expect(summary.shadowPrices.budget).toBeGreaterThanOrEqual(0.2 / 0.09 - 1e-9);
    expect(summary.shadowPrices.budget).toBeLessThanOrEqual(0.4 / 0.09 + 1e-9);
  });

  it('keeps capacities, a latency ceiling and a floor of the mean accuracy, and reads gzip', () => {
    writeFileSync(join(folder, 'zipped.csv.gz'), gzipSync(`${PREDICTIONS.join('\n')}\n`));
    const zipped = ['--predictions', 'zipped.csv.gz', '--out', 'routes.csv'];
    const models = () =>
      rows('routes.csv')
        .slice(1)
        .map((row) => row.match(/lab\/\w+|unpriced/)![0]);
    expect(run(...zipped, '--capacity', 'unpriced=0', '--capacity', 'lab/dear=1').status).toBe(0);
    expect(models()).toEqual(['lab/dear', 'lab/cheap', 'lab/cheap']);
    expect(run(...zipped, '--max-latency-s', '2').status).toBe(0);
    expect(models()).toEqual(['lab/dear', 'lab/dear', 'lab/dear']);
    const { stdout } = run(...zipped, '--min-accuracy', '0.66');
    expect(models()).toEqual(['lab/dear', 'lab/cheap', 'lab/cheap']);
    expect(JSON.parse(stdout)).toMatchObject({ totals: { costUsd: expect.closeTo(0.12, 12) } });
  });

  it('routes by utility where nothing constrains', () => {
    expect(run(...fromPredictions, '--policy', 'max-accuracy').status).toBe(0);
    expect(rows('routes.csv')[1]).toBe('a,unpriced,0.95,,3');
    const { stdout } = run(...fromPredictions, '--weights', '0,1,0');
    expect(rows('routes.csv')[1]).toBe('a,lab/cheap,0.5,0.01,1');
    expect(JSON.parse(stdout)).toMatchObject({ method: 'utility', gapBound: 0 });
  });

  it('predicts first when it is given queries', () => {
    writeFileSync(
      join(folder, 'queries.jsonl'),
      '{"id":"x","text":"What is 17 + 25?"}\n{"id":"y","text":"Who wrote Hamlet?"}\n',
    );
    const { status, stdout } = run(
      ...['--queries', 'queries.jsonl', '--models', 'zeroeval/gpt-4o*', '--out', 'routes.csv'],
      ...['--capacity', 'zeroeval/gpt-4o-mini-2024-07-18=1'],
    );
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ queries: 2, models: 3 });
    expect(rows('routes.csv').map((row) => row.split(',')[0])).toEqual(['query_id', 'x', 'y']);
  });

  it('ends with 3, the binding constraint and its nearest value, and writes no file', () => {
    const infeasible = (...constraints: string[]) => {
      const { status, stdout, stderr } = run(
        ...['--predictions', 'predictions.csv', '--out', 'never.csv', ...constraints],
      );
      expect([status, stdout, existsSync(join(folder, 'never.csv'))]).toEqual([3, '', false]);
      expect(stderr).toMatch(/^zerorouter: [^\n]*\n$/);
      return expect(stderr);
    };
    infeasible('--budget-usd', '0.02').toMatch(/budget_usd 0\.02 .* costs 0\.03/);
    infeasible('--min-accuracy', '0.9').toMatch(/min_accuracy 0\.9 .* mean of 0\.766/);
    infeasible('--max-latency-s', '1').toMatch(/"c,1" takes 2 s/);
    infeasible('--capacity', 'lab/dear=0', '--capacity', 'lab/cheap=0').toMatch(/1 for "lab\//);
  });

  it('ends with 2 and one line that names file and line for what it cannot use', () => {
    const refused = (last: string) => {
      writeFileSync(join(folder, 'bad.csv'), `${PREDICTIONS[0]}\n${PREDICTIONS[1]}\n${last}\n`);
      const { status, stderr } = run('--predictions', 'bad.csv', '--out', 'never.csv');
      expect([status, existsSync(join(folder, 'never.csv'))]).toEqual([2, false]);
      return expect(stderr);
    };
    refused('a,lab/cheap,0.6,,,,').toMatch(/^zerorouter: bad\.csv:3: query "a" has .*already\n$/);
    refused('b,lab/cheap,1.2,,,,').toMatch(/^zerorouter: bad\.csv:3: p is "1\.2"/);
    refused('b,lab/cheap,,,,,').toMatch(/^zerorouter: bad\.csv:3: p is blank/);
    refused('b,lab/cheap,0.5,,,-1,').toMatch(/^zerorouter: bad\.csv:3: cost_usd is "-1"/);
    expect(run(...fromPredictions, '--capacity', 'nobody=1').stderr).toMatch(/no model "nobody"/);
    for (const flags of [
      ['--out', 'never.csv'],
      [...fromPredictions, '--queries', 'queries.jsonl'],
      [...fromPredictions, '--weights', '1,2'],
      [...fromPredictions, '--min-accuracy', '1.5'],
      [...fromPredictions, '--capacity', 'lab/dear'],
      ['--predictions', 'missing.csv', '--out', 'never.csv'],
    ])
      expect(run(...flags).status).toBe(2);
  });
});
