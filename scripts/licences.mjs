/**
 * Checks the licences of all locked packages against what is allowed: `node scripts/licences.mjs`.
 * Ends with 1 and a line for each package that is not, or that says nothing of its licence.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { installedLicences, lockedPackages } from './locked-packages.mjs';

const ROOT = resolve(import.meta.dirname, '..');

/** Permissive ones, with nothing to do but to keep the notice. */
const SHIPPED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'PostgreSQL',
  'Python-2.0',
  'Unlicense',
  'Zlib',
]);
/** Tools are run, and no part of what is shipped. */
const TOOLS = new Set([...SHIPPED, 'EPL-2.0', 'MPL-2.0']);

/**
 * Shipped all the same, unchanged and by name. Prisma's command line comes along as a peer of its
 * client, with the drawing of its studio; nothing of ours loads it.
 */
const EXCEPTIONS = { 'elkjs@0.11.1': 'EPL-2.0' };

/** What a package's manifest does not tell, or not as SPDX does: read in its LICENSE. */
const READ_BY_HAND = { 'seq-queue@0.0.5': 'MIT', '@visx/vendor@4.0.0-alpha.0': 'MIT AND ISC' };

/** Whether one of several, or each of all, is allowed: `(MIT OR GPL-2.0) AND ISC`. */
export function allows(expression, allowed) {
  const text = expression.trim();
  const inner = /^\(([^()]*)\)$/.exec(text)?.[1];
  if (inner !== undefined) return allows(inner, allowed);
  for (const [word, all] of [
    [' AND ', true],
    [' OR ', false],
  ]) {
    const parts = splitOutside(text, word);
    if (parts.length > 1) {
      const results = parts.map((part) => allows(part, allowed));
      return all ? results.every(Boolean) : results.some(Boolean);
    }
  }
  return allowed.has(text);
}

/** Splits at a word where no parenthesis is open. */
function splitOutside(text, word) {
  const parts = [''];
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    if (text[i] === ')') depth--;
    if (depth === 0 && text.startsWith(word, i)) {
      parts.push('');
      i += word.length - 1;
    } else {
      parts[parts.length - 1] += text[i];
    }
  }
  return parts;
}

/** A line for each package whose licence is not allowed. */
export function licenceProblems(packages) {
  return [...packages].flatMap(([id, { licence: told, production }]) => {
    const licence = READ_BY_HAND[id] ?? told;
    if (licence === null || licence === EXCEPTIONS[id]) return [];
    if (allows(licence, production ? SHIPPED : TOOLS)) return [];
    return [`${id}: ${licence} (${production ? 'shipped' : 'a tool'})`];
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lock = parse(readFileSync(join(ROOT, 'pnpm-lock.yaml'), 'utf8'));
  const packages = lockedPackages(lock, installedLicences(ROOT));
  const problems = licenceProblems(packages);
  for (const line of problems) console.error(`licence not allowed: ${line}`);
  const unknown = [...packages.values()].filter(({ licence }) => licence === null).length;
  console.error(
    `${packages.size} packages, ${problems.length} not allowed, ${unknown} for other platforms not looked at`,
  );
  if (problems.length > 0) {
    console.error(
      'replace the package, or allow its licence in scripts/licences.mjs with a reason',
    );
    process.exitCode = 1;
  }
}
