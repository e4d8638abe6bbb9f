import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'zerorouter-cli-'));
const program = resolve(import.meta.dirname, '../dist/main.js');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...parameters: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [program, ...parameters], {
      cwd: folder,
      env: { ...process.env, ENCODER_CACHE_DIR: join(folder, 'encoder') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', failed);
    child.once('close', (code) => done({ code: code ?? -1, stdout, stderr }));
  });
}

describe('the command line', () => {
  it('predicts with the starter space, from relative paths, and prints one JSON object', async () => {
    writeFileSync(
      join(folder, 'queries.jsonl'),
      '{"id":"a","text":"What is 17 + 25?"}\n{"id":"b","benchmark":"x","text":"Who wrote Hamlet?"}\n',
    );
    const { code, stdout, stderr } = await run(
      ...['predict', '--queries', 'queries.jsonl', '--models', 'zeroeval/gpt-4o*'],
      ...['--out', 'out/predictions.csv'],
    );
    expect([code, stderr.includes('predicting')]).toEqual([0, true]);
    const summary = JSON.parse(stdout) as Record<string, unknown>;
    expect(summary).toMatchObject({ queries: 2, models: 3, rows: 6 });
    const rows = readFileSync(join(folder, 'out/predictions.csv'), 'utf8').trim().split('\n');
    expect(rows).toHaveLength(7);
    expect(rows[1]).toMatch(/^a,zeroeval\/gpt-4o[^,]*,0\.\d{6,},0\.\d{6,},\d/);
  });

  it('ends with 2 and one line that names file and line when the input cannot be used', async () => {
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data/queries.jsonl'), '{"id":"a","text":"x"}\n');
    writeFileSync(join(folder, 'data/outcomes.csv'), 'query_id,model,score\na,m,2\n');
    const { code, stdout, stderr } = await run('calibrate', '--data', 'data', '--out', 'space');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^zerorouter: .*data\/outcomes\.csv:2: score is "2"[^\n]*\n$/);
  });

  it('does not write a report over something else', async () => {
    mkdirSync(join(folder, 'precious'));
    writeFileSync(join(folder, 'precious/notes.txt'), 'mine');
    const { code, stderr } = await run('evaluate', '--data', 'data', '--out', 'precious');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^zerorouter: precious: exists and is no report; choose another --out\n$/,
    );
  });

  it('ends with 2 for options that it does not know', async () => {
    expect((await run('predict', '--nonsense')).code).toBe(2);
    expect((await run('calibrate', '--data', 'x', '--out', 'y', '--dimensions', '-1')).code).toBe(
      2,
    );
    expect((await run('no-such-verb')).code).toBe(2);
    const cell = await run('evaluate', '--data', 'x', '--out', 'y', '--protocol', 'sideways');
    expect([cell.code, cell.stderr.includes('unseen-ood')]).toEqual([2, true]);
    const unnamed = await run('calibrate', '--out', 'y');
    expect(unnamed.code).toBe(2);
    expect(unnamed.stderr).toMatch(/--data.*is missing/);
  });

  it('explains itself with 0', async () => {
    const { code, stdout } = await run('profile', '--help');
    expect(code).toBe(0);
    expect(stdout).toContain('--anchors');
    expect((await run('evaluate', '--help')).stdout).toContain('report.html');
  });
});
