import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from '@jest/globals';
import { importDataSet } from './import-data-set.js';

/*
 * fixtures/routerbench_wide.pkl (protocol 5) and routerbench_raw.pkl (protocol 4) hold invented
 * questions; pandas 2.2.3 and NumPy 1.26 made them with:
 *
 *   Q = [("tides.val.0", "tides", ["How many moons pull the harbour's tide?\nA) one\nB) two"]),
 *        ("tides.val.1", "tides", ["Which pier floods first? " + "The quay is low. " * 20]),
 *        ("chat.dev.0", "chat", ["Name a gull that's \"shy\".", "Now in French: une mouette…"])]
 *   A = {"lab/small": [["A"], ["The north pier \U0001F30A"], ["Tim", "Timide"]],
 *        "big-v2": [["B"], ["The south pier, because " + "it is low " * 40], ["Ann", "Anne"]]}
 *   S = {"lab/small": [1.0, 0.0, 0.25], "big-v2": [0.0, 1.0, float("nan")]}
 *   C = {"lab/small": [1e-5, 2.5e-5, 3e-5], "big-v2": [0.0004, 0.00125, 0.0005]}
 *   wide = pd.DataFrame({"sample_id": [q[0] for q in Q], "prompt": [str(q[2]) for q in Q],
 *                        "eval_name": [q[1] for q in Q]})
 *   for m in A: wide[m] = S[m]
 *   for m in A: wide[m + "|model_response"] = [str(a) for a in A[m]]
 *   wide.loc[1, "lab/small|model_response"] = None
 *   for m in A: wide[m + "|total_cost"] = C[m]
 *   wide["oracle_model_to_route_to"] = ["lab/small", "big-v2", "no_model_correct"]
 *   raw = pd.DataFrame([(i, q[0], m, q[1], str(q[2]), str(A[m][i]), S[m][i] > 0.5)
 *                       for i, q in enumerate(Q) for m in A],
 *                      columns=["index", "sample_id", "model_name", "eval_name", "prompt",
 *                               "model_response", "performance"])
 *   wide.to_pickle("routerbench_wide.pkl", protocol=5)
 *   raw.to_pickle("routerbench_raw.pkl", protocol=4)
 */
const fixture = (name: string) => join(import.meta.dirname, 'fixtures', name);
const root = mkdtempSync(join(tmpdir(), 'zerorouter-routerbench-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let runs = 0;
async function run(from: string, limit?: number) {
  const outDir = join(root, `out-${++runs}`);
  const summary = await importDataSet({
    format: 'routerbench',
    from,
    outDir,
    ...(limit === undefined ? {} : { limit }),
  });
  const read = (name: string) => readFileSync(join(outDir, name), 'utf8');
  const queries = read('queries.jsonl').trim().split('\n');
  return {
    summary,
    queries: queries.map(
      (line) => JSON.parse(line) as { id: string; benchmark: string; text: string },
    ),
    outcomes: read('outcomes.csv').trim().split('\n').slice(1),
    outputChars: () => read('output_chars.csv').trim().split('\n').slice(1),
  };
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(root, name);
  writeFileSync(path, content);
  return path;
}

const HEADER = 'sample_id,prompt,eval_name,m,m|model_response,m|total_cost';

describe('RouterBench pickles', () => {
  it('reads a wide one: turns unwrapped, answers without score or response left out', async () => {
    const { summary, queries, outcomes, outputChars } = await run(fixture('routerbench_wide.pkl'));
    expect(queries).toEqual([
      {
        id: 'tides.val.0',
        benchmark: 'tides',
        text: "How many moons pull the harbour's tide?\nA) one\nB) two",
      },
      {
        id: 'tides.val.1',
        benchmark: 'tides',
        text: `Which pier floods first? ${'The quay is low. '.repeat(20)}`,
      },
      {
        id: 'chat.dev.0',
        benchmark: 'chat',
        text: 'Name a gull that\'s "shy".\n\nNow in French: une mouette…',
      },
    ]);
    expect(outcomes).toEqual([
      'tides.val.0,lab/small,1,,,0.00001,',
      'tides.val.0,big-v2,0,,,0.0004,',
      'tides.val.1,big-v2,1,,,0.00125,',
      'chat.dev.0,lab/small,0.25,,,0.00003,',
    ]);
    expect(outputChars()).toEqual([
      'tides.val.0,lab/small,1',
      'tides.val.0,big-v2,1',
      'tides.val.1,big-v2,424',
      'chat.dev.0,lab/small,9',
    ]);
    expect(summary).toEqual({
      queries: 3,
      models: 2,
      outcomes: 4,
      unscored: 2,
      duplicates: 0,
      variants: 0,
      files: ['outcomes.csv', 'output_chars.csv', 'queries.jsonl'],
    });
  });

  it('reads a raw one, a row an answer, with booleans as scores', async () => {
    const { outcomes, outputChars } = await run(fixture('routerbench_raw.pkl'));
    expect(outcomes).toEqual([
      'tides.val.0,lab/small,1,,,,',
      'tides.val.0,big-v2,0,,,,',
      'tides.val.1,lab/small,0,,,,',
      'tides.val.1,big-v2,1,,,,',
      'chat.dev.0,lab/small,0,,,,',
      'chat.dev.0,big-v2,0,,,,',
    ]);
    // Code points: the wave counts one.
    expect(outputChars()[2]).toBe('tides.val.1,lab/small,16');
  });

  it('reads a gzipped one, and only the first queries with a limit', async () => {
    const zipped = file('wide.pkl.gz', gzipSync(readFileSync(fixture('routerbench_wide.pkl'))));
    const { summary, outcomes } = await run(zipped, 1);
    expect(summary).toMatchObject({ queries: 1, outcomes: 2 });
    expect(outcomes.map((line) => line.split(',')[1])).toEqual(['lab/small', 'big-v2']);
  });

  it('never runs what a pickle names, and says what it named', async () => {
    const canary = join(root, 'canary');
    const evil = file('evil.pkl', `cos\nsystem\n(S'touch ${canary}'\ntR.`);
    await expect(run(evil)).rejects.toThrow(/evil\.pkl: the pickle names os\.system.*CSV/);
    const inherited = file('inherited.pkl', 'cconstructor\nconstructor\n(tR.');
    await expect(run(inherited)).rejects.toThrow(/names constructor\.constructor/);
    // Assigning to an allowed function must not change it for the next file.
    const assigning = file(
      'assigning.pkl',
      "cpandas.core.frame\nDataFrame\n(dS'__setstate__'\ncnumpy\ndtype\nsb.",
    );
    await expect(run(assigning)).rejects.toThrow(/is no pickled DataFrame/);
    await expect(run(fixture('routerbench_wide.pkl'))).resolves.toBeDefined();
  });

  it('refuses a pickle that is cut short or holds something else', async () => {
    const bytes = readFileSync(fixture('routerbench_wide.pkl'));
    for (const length of [0, 1, 20, 400, 1500, bytes.length - 1])
      await expect(run(file('cut.pkl', bytes.subarray(0, length)))).rejects.toThrow(
        /cut\.pkl: is no pickled DataFrame that can be read/,
      );
    await expect(run(file('list.pkl', ']N.'.slice(0, 1) + '.'))).rejects.toThrow(
      /list\.pkl: is no pickled DataFrame/,
    );
  });
});

describe('RouterBench CSV', () => {
  it('equals the pickle that it was exported from', async () => {
    // wide.to_csv(index=False) of the fixture.
    const [moons, pier, gull] = [
      `"[""How many moons pull the harbour's tide?\\nA) one\\nB) two""]"`,
      `['Which pier floods first? ${'The quay is low. '.repeat(20)}']`,
      `"['Name a gull that\\'s ""shy"".', 'Now in French: une mouette…']"`,
    ];
    const csv = file(
      'wide.csv',
      `sample_id,prompt,eval_name,lab/small,big-v2,lab/small|model_response,big-v2|model_response,lab/small|total_cost,big-v2|total_cost,oracle_model_to_route_to
tides.val.0,${moons},tides,1.0,0.0,['A'],['B'],1e-05,0.0004,lab/small
tides.val.1,${pier},tides,0.0,1.0,,"['The south pier, because ${'it is low '.repeat(40)}']",2.5e-05,0.00125,big-v2
chat.dev.0,${gull},chat,0.25,,"['Tim', 'Timide']","['Ann', 'Anne']",3e-05,0.0005,no_model_correct
`,
    );
    const [fromCsv, fromPickle] = [await run(csv), await run(fixture('routerbench_wide.pkl'))];
    expect(fromCsv.queries).toEqual(fromPickle.queries);
    expect(fromCsv.outcomes).toEqual(fromPickle.outcomes);
    expect(fromCsv.outputChars()).toEqual(fromPickle.outputChars());
    expect(fromCsv.summary).toEqual(fromPickle.summary);
  });

  it('keeps the first of a repeated row; another text under the same id is another query', async () => {
    const { summary, queries, outcomes } = await run(
      file('repeated.csv', `${HEADER}\na,One?,x,1,yes,\na,one? ,x,0,no,\na,Two?,x,0,no,\n`),
    );
    expect(summary).toMatchObject({ queries: 2, outcomes: 2, duplicates: 1, variants: 1 });
    expect(queries[1]!.id).toMatch(/^a#[\da-f]{8}$/);
    expect(outcomes).toEqual(['a,m,1,,,,', `${queries[1]!.id},m,0,,,,`]);
  });

  it.each([
    [
      `${HEADER}\na,One?,x,1,yes,\nb,Two?,x,7.5,yes,\n`,
      /t\.csv:3: m is 7\.5, expected a score from 0 to 1/,
    ],
    [`${HEADER}\na,One?,x,good,yes,\n`, /t\.csv:2: m is "good", expected a number/],
    [`${HEADER}\na,One?,x,1,yes,-2\n`, /t\.csv:2: m\|total_cost is -2/],
    [`${HEADER}\n,One?,x,1,yes,\n`, /t\.csv:2: sample_id is missing or blank/],
    [`${HEADER}\na,,x,1,yes,\n`, /t\.csv:2: prompt is blank/],
    [`${HEADER}\na,One?,x\n`, /t\.csv:2: Invalid Record Length/],
    [`${HEADER}\n`, /t\.csv: holds no scored answer/],
    ['sample_id,prompt,m\n', /t\.csv:1: column "eval_name" missing/],
    ['sample_id,prompt,eval_name\n', /t\.csv:1: no model found/],
    ['sample_id,prompt,eval_name,model_name\n', /t\.csv:1: column "performance" missing/],
    ['', /t\.csv:1: is empty/],
  ])('refuses %j with its line', async (content, message) => {
    await expect(run(file('t.csv', content))).rejects.toThrow(message);
  });

  it('wants one table of a folder that holds several', async () => {
    const folder = join(root, 'several');
    mkdirSync(folder);
    await expect(run(folder)).rejects.toThrow(/holds no \.pkl or \.csv/);
    copyFileSync(fixture('routerbench_wide.pkl'), join(folder, 'routerbench_0shot.pkl'));
    expect((await run(folder)).summary.outcomes).toBe(4);
    copyFileSync(fixture('routerbench_raw.pkl'), join(folder, 'routerbench_raw.pkl'));
    await expect(run(folder)).rejects.toThrow(
      /2 tables \(routerbench_0shot\.pkl, routerbench_raw\.pkl\)/,
    );
  });
});
