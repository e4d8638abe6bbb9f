/**
 * Writes the configuration table of README.md from the config schema; `--check` only compares.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import prettier from 'prettier';

const ROOT = path.resolve(import.meta.dirname, '..');
const README = path.join(ROOT, 'README.md');
const [BEGIN, END] = ['<!-- configuration:begin -->', '<!-- configuration:end -->'];

const { describeConfig } = await import(
  pathToFileURL(path.join(ROOT, 'packages', 'platform', 'dist', 'index.js')).href
);
const rows = describeConfig().map(
  ({ name, description, default: fallback, required }) =>
    `| \`${name}\` | ${required ? '**required**' : fallback === null ? '' : `\`${fallback}\``} | ${description} |`,
);
const table = ['| variable | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');

const before = readFileSync(README, 'utf8');
const [begin, end] = [before.indexOf(BEGIN), before.indexOf(END)];
if (begin < 0 || end < begin) throw new Error(`README.md has no ${BEGIN} … ${END}`);
const after = await prettier.format(
  `${before.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${before.slice(end)}`,
  { ...(await prettier.resolveConfig(README)), parser: 'markdown' },
);
if (!process.argv.includes('--check')) writeFileSync(README, after);
else if (after !== before) {
  console.error('README.md: the configuration table is stale; run "node scripts/config-table.mjs"');
  process.exitCode = 1;
}
