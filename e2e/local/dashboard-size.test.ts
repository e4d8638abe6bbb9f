import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';

const DIST = join(import.meta.dirname, '..', '..', 'apps', 'dashboard', 'dist');
const MOST_BYTES = 300_000;

/** A file of the build and all that it imports before it runs; what is loaded later is not followed. */
function withStaticImports(name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  const code = readFileSync(join(DIST, 'assets', name), 'utf8');
  for (const [, imported] of code.matchAll(/(?:\bfrom|\bimport)\s*["']\.\/([\w.-]+\.js)["']/g))
    withStaticImports(imported!, seen);
  return seen;
}

describe('the built dashboard', () => {
  const page = readFileSync(join(DIST, 'index.html'), 'utf8');
  const size = (name: string) => gzipSync(readFileSync(join(DIST, 'assets', name))).length;

  it('loads less than 300 kB of compressed JavaScript before it shows', () => {
    const entries = [...page.matchAll(/(?:src|href)="\/assets\/([\w.-]+\.js)"/g)].map(
      ([, name]) => name!,
    );
    const files = new Set(entries.flatMap((name) => [...withStaticImports(name)]));
    expect(files.size).toBeGreaterThan(0);
    const bytes = [...files].reduce((sum, name) => sum + size(name), 0);
    // Less would mean that the imports were not found, not that React had become so small.
    expect(bytes).toBeGreaterThan(60_000);
    expect(bytes).toBeLessThan(MOST_BYTES);
  });

  it('carries no code that its Content-Security-Policy would refuse', () => {
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|javascript:/);
    for (const [, attributes, body] of page.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g))
      expect([/\ssrc="/.test(attributes ?? ''), body]).toEqual([true, '']);
  });
});
