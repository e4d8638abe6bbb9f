/**
 * The closing report of the fault tests, one row a test and a backend: fault × what was seen × counts.
 *
 * @param runs `[{ backend, run, told }]`: `run` is what `readRun` gives, `told` the lines of JSON that the tests wrote
 * @returns a table in Markdown
 */
export function faultMatrix(runs) {
  const rows = runs.flatMap(({ backend, run, told }) => {
    const seen = readTold(told);
    return run.names.map((name) => {
      const notes = seen.filter(({ test }) => test === name);
      const outcome = run.failed.includes(name)
        ? 'FAILED'
        : run.skipped.includes(name)
          ? 'SKIPPED'
          : 'held';
      return [
        backend,
        name,
        [outcome, ...notes.map((note) => note.seen)].join(': '),
        notes
          .map((note) => describeCounts(note.counts))
          .filter((counts) => counts !== '')
          .join('; '),
      ];
    });
  });
  const head = ['queues', 'fault', 'seen', 'counts'];
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

function readTold(told) {
  return told
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

function describeCounts(counts) {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}
