/**
 * Writes a bill of materials in CycloneDX 1.6 from the lockfile to stdout: `node scripts/sbom.mjs`.
 * The same lockfile gives the same bytes.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { installedLicences, lockedPackages } from './locked-packages.mjs';

const ROOT = resolve(import.meta.dirname, '..');

/** A package URL; the @ of a scope is written as %40. */
export const purl = ({ name, version }) =>
  `pkg:npm/${name.replace('@', '%40')}@${encodeURIComponent(version)}`;

const ALGORITHMS = { sha1: 'SHA-1', sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' };

/** @param product `{ name, version, license }` of what is made of the packages. */
export function billOfMaterials(packages, product) {
  const all = [...packages.values()].sort((a, b) => (purl(a) < purl(b) ? -1 : 1));
  const components = all.map((one) => ({
    type: 'library',
    'bom-ref': purl(one),
    name: one.name,
    version: one.version,
    scope: one.production ? 'required' : 'excluded',
    ...(one.integrity === null ? {} : { hashes: hashesOf(one.integrity) }),
    ...(one.licence === null ? {} : { licenses: [licenceOf(one.licence)] }),
    purl: purl(one),
  }));
  const known = new Set(components.map((one) => one['bom-ref']));
  const dependencies = all.map((one) => ({
    ref: purl(one),
    dependsOn: one.dependencies
      .map((id) => purl(packages.get(id) ?? { name: '', version: '' }))
      .filter((ref) => known.has(ref))
      .sort(),
  }));
  const digest = createHash('sha256')
    .update(JSON.stringify([components, product]))
    .digest('hex');
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-5$3-8$4-$5')}`,
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': product.name,
        name: product.name,
        version: product.version,
        licenses: [{ license: { id: product.license } }],
      },
    },
    components,
    dependencies,
  };
}

/** `sha512-…` in base64, as lockfiles have it. */
function hashesOf(integrity) {
  return integrity.split(' ').flatMap((text) => {
    const [algorithm, base64] = text.split(/-(.*)/);
    const alg = ALGORITHMS[algorithm];
    return alg === undefined
      ? []
      : [{ alg, content: Buffer.from(base64, 'base64').toString('hex') }];
  });
}

function licenceOf(text) {
  return / (OR|AND|WITH) /.test(text)
    ? { expression: text }
    : { license: /^[\w.+-]+$/.test(text) ? { id: text } : { name: text } };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lock = parse(readFileSync(join(ROOT, 'pnpm-lock.yaml'), 'utf8'));
  const product = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const packages = lockedPackages(lock, installedLicences(ROOT));
  process.stdout.write(`${JSON.stringify(billOfMaterials(packages, product), null, 2)}\n`);
}
