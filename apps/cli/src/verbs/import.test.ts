import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'zerorouter-cli-import-'));
const program = resolve(import.meta.dirname, '../../dist/main.js');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...parameters: string[]) {
  return spawnSync(process.execPath, [program, 'import', ...parameters], {
    cwd: folder,
    encoding: 'utf8',
  });
}

describe('zr import', () => {
  it('writes a data-set folder from relative paths and prints one JSON object', () => {
    mkdirSync(join(folder, 'source'));
    writeFileSync(
      join(folder, 'source/train.csv'),
      'prompt_id,model_id,category_id,label,model_name,category,prompt\n' +
        '1,0,0,1,lab/ant,sums,1 + 1?\n2,0,0,0,lab/ant,sums,2 + 2?\n',
    );
    const { status, stdout } = run(
      ...['--format', 'embedllm', '--from', 'source', '--out', 'data/sums', '--limit', '1'],
    );
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      queries: 1,
      models: 1,
      outcomes: 1,
      unscored: 0,
      duplicates: 0,
      variants: 0,
      files: ['outcomes.csv', 'queries.jsonl'],
    });
    expect(readFileSync(join(folder, 'data/sums/outcomes.csv'), 'utf8')).toBe(
      'query_id,model,score,input_tokens,output_tokens,cost_usd,latency_s\n1,lab/ant,1,,,,\n',
    );
  });

  it('ends with 2 and one line that names file and line, and writes nothing', () => {
    writeFileSync(join(folder, 'bad.csv'), 'prompt_id,label,model_name,prompt\n1,3,m,One?\n');
    const { status, stdout, stderr } = run(
      ...['--format', 'embedllm', '--from', 'bad.csv', '--out', 'never'],
    );
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/zerorouter: bad\.csv:2: label is 3, expected a score[^\n]*\n$/);
    expect(existsSync(join(folder, 'never'))).toBe(false);
    expect(run('--format', 'csv', '--from', 'bad.csv', '--out', 'never').status).toBe(2);
    expect(run('--from', 'bad.csv', '--out', 'never').status).toBe(2);
  });
});
