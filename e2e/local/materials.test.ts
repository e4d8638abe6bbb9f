import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { allows, licenceProblems } from '../../scripts/licences.mjs';
import { installedLicences, lockedPackages } from '../../scripts/locked-packages.mjs';
import { billOfMaterials } from '../../scripts/sbom.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
const lock = parse(readFileSync(join(ROOT, 'pnpm-lock.yaml'), 'utf8')) as object;
const packages = lockedPackages(lock, installedLicences(ROOT));
const product = { name: 'zerorouter', version: '0.1.0', license: 'Apache-2.0' };

interface Component {
  name: string;
  version: string;
  scope: string;
  'bom-ref': string;
  hashes?: { alg: string; content: string }[];
}

describe('licences', () => {
  it.each([
    ['MIT', true],
    ['GPL-3.0', false],
    ['(MIT OR GPL-3.0)', true],
    ['MIT AND GPL-3.0', false],
    ['(MIT OR GPL-3.0) AND ISC', true],
    ['ISC AND (GPL-2.0 OR GPL-3.0)', false],
    ['none given', false],
  ])('%s: %s', (expression, expected) =>
    expect(allows(expression, new Set(['MIT', 'ISC']))).toBe(expected),
  );

  it('tells a package that may not be shipped, and lets a tool be more', () => {
    const one = { licence: 'MPL-2.0', production: true };
    expect(licenceProblems(new Map([['a@1.0.0', one]]))).toEqual(['a@1.0.0: MPL-2.0 (shipped)']);
    expect(licenceProblems(new Map([['a@1.0.0', { ...one, production: false }]]))).toEqual([]);
  });

  it('are all allowed, and nearly all known', () => {
    expect(licenceProblems(packages)).toEqual([]);
    const known = [...packages.values()].filter(({ licence }) => licence !== null);
    expect(known.length / packages.size).toBeGreaterThan(0.75);
  });
});

describe('the bill of materials', () => {
  const bill = billOfMaterials(packages, product);
  const components = bill.components as Component[];

  it('names every locked package once, with its hash, and tells tools from what is shipped', () => {
    expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6' });
    expect(bill.serialNumber).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    const refs = components.map((one) => one['bom-ref']);
    expect(new Set(refs).size).toBe(packages.size);
    const scopeOf = (name: string) => components.find((one) => one.name === name)?.scope;
    expect(['fastify', '@nestjs/core', 'onnxruntime-node'].map(scopeOf)).toEqual(
      Array(3).fill('required'),
    );
    expect(['jest', 'eslint', 'prettier'].map(scopeOf)).toEqual(Array(3).fill('excluded'));
    for (const { name, hashes } of components)
      expect([name, hashes?.[0]?.alg, hashes?.[0]?.content.length]).toEqual([name, 'SHA-512', 128]);
  });

  it('knows who needs whom, and is the same each time', () => {
    const dependencies = bill.dependencies as { ref: string; dependsOn: string[] }[];
    const fastify = dependencies.find(({ ref }) => ref.startsWith('pkg:npm/fastify@'));
    expect(fastify?.dependsOn.join()).toContain('pkg:npm/find-my-way@');
    expect(JSON.stringify(billOfMaterials(packages, product))).toBe(JSON.stringify(bill));
  });
});
