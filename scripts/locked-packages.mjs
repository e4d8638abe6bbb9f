import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The packages of the lockfile: `{ name, version, integrity, licence, production, dependencies }`, by
 * `name@version`. `production` = an app needs it when it runs; `licence` is null for what is not
 * installed here, such as the binaries of other platforms.
 */
export function lockedPackages(lock, licences) {
  const needed = reachable(lock);
  return new Map(
    Object.entries(lock.packages).map(([id, { resolution }]) => {
      const { name, version } = splitId(id);
      const own = Object.entries(lock.snapshots).find(([key]) => withoutPeers(key) === id)?.[1];
      return [
        id,
        {
          name,
          version,
          integrity: resolution.integrity ?? null,
          licence: licences.get(id) ?? null,
          production: needed.has(id),
          dependencies: edges(own).map(withoutPeers),
        },
      ];
    }),
  );
}

/** Bundled into what a browser loads, and so no dependency of a running app; its own tools are none. */
const BUNDLED = 'apps/dashboard';
const BUNDLING_TOOL = /^(@types\/|@vitejs\/|vite$)/;

/** Everything that the workspace's packages depend on, tools aside. */
function reachable({ importers, snapshots }) {
  const waiting = Object.entries(importers).flatMap(([folder, manifest]) => {
    const bundled = Object.entries(folder === BUNDLED ? (manifest.devDependencies ?? {}) : {});
    return [
      ...Object.entries(manifest.dependencies ?? {}),
      ...bundled.filter(([name]) => !BUNDLING_TOOL.test(name)),
    ]
      .filter(([, { version }]) => !version.startsWith('link:'))
      .map(([name, { version }]) => idOf(name, version));
  });
  const seen = new Set();
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (!seen.has(id)) {
      seen.add(id);
      waiting.push(...edges(snapshots[id]));
    }
  }
  return new Set([...seen].map(withoutPeers));
}

function edges(snapshot) {
  const { dependencies = {}, optionalDependencies = {} } = snapshot ?? {};
  return Object.entries({ ...dependencies, ...optionalDependencies }).map(([name, version]) =>
    idOf(name, version),
  );
}

/** An alias names the package that it stands for: `strip-ansi-cjs: strip-ansi@6.0.1`. */
const idOf = (name, version) =>
  /^(@[^/]+\/)?[^@/(]+@/.test(version) ? version : `${name}@${version}`;

/** `a@1.0.0(b@2.0.0)` is `a@1.0.0`, resolved beside b. */
export const withoutPeers = (id) => id.replace(/\(.*$/, '');

function splitId(id) {
  const at = id.lastIndexOf('@');
  return { name: id.slice(0, at), version: id.slice(at + 1) };
}

/** What the installed packages say of their licence, by `name@version`. */
export function installedLicences(root) {
  const store = join(root, 'node_modules', '.pnpm');
  const licences = new Map();
  for (const entry of readdirSync(store)) {
    const modules = join(store, entry, 'node_modules');
    for (const folder of existsSync(modules) ? packageFolders(modules) : []) {
      const { name, version, license, licenses } = JSON.parse(
        readFileSync(join(folder, 'package.json'), 'utf8'),
      );
      licences.set(`${name}@${version}`, expressionOf(license ?? licenses));
    }
  }
  return licences;
}

/** Folders, not links: each package lies in a place of its own. */
function packageFolders(modules) {
  return readdirSync(modules, { withFileTypes: true })
    .flatMap((entry) =>
      entry.name.startsWith('@')
        ? readdirSync(join(modules, entry.name), { withFileTypes: true })
        : [entry],
    )
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((folder) => existsSync(join(folder, 'package.json')));
}

/** Old manifests hold objects and lists in place of an SPDX expression. */
function expressionOf(licence) {
  const parts = [licence].flat().map((one) => (typeof one === 'object' ? one?.type : one));
  return parts.every((one) => typeof one === 'string') ? parts.join(' OR ') : 'none given';
}
