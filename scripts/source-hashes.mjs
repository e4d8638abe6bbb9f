import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folders of the workspace that hold a package. */
export function workspaceFolders(root) {
  return ['apps', 'packages'].flatMap((group) =>
    readdirSync(join(root, group))
      .map((name) => join(group, name))
      .filter((folder) => existsSync(join(root, folder, 'package.json')))
      .sort(),
  );
}

function hashFiles(root, paths, ...extra) {
  const hash = createHash('sha256');
  for (const path of paths) {
    if (existsSync(join(root, path))) {
      hash
        .update(`${path}\0`)
        .update(readFileSync(join(root, path)))
        .update('\0');
    }
  }
  return hash.update(extra.join('\0')).digest('hex');
}

/** What the installed packages depend on. */
export function installHash(root) {
  const manifests = ['.', ...workspaceFolders(root)].map((folder) => join(folder, 'package.json'));
  return hashFiles(
    root,
    ['pnpm-lock.yaml', 'pnpm-workspace.yaml', '.npmrc', ...manifests],
    process.versions.node.split('.')[0],
    process.platform,
    process.arch,
  );
}

function filesBelow(root, folder) {
  if (!existsSync(join(root, folder))) {
    return [];
  }
  return readdirSync(join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        return entry.name === 'generated' ? [] : filesBelow(root, path);
      }
      return entry.name.endsWith('.test.ts') ? [] : [path];
    });
}

/** What the built files depend on: all sources but the tests, and the installed packages. */
export function buildHash(root) {
  const sources = workspaceFolders(root).flatMap((folder) => [
    ...readdirSync(join(root, folder))
      .filter((name) => /\.(json|m?js|html)$/.test(name))
      .sort()
      .map((name) => join(folder, name)),
    ...filesBelow(root, join(folder, 'src')),
    ...filesBelow(root, join(folder, 'public')),
  ]);
  return hashFiles(
    root,
    ['turbo.json', 'tsconfig.base.json', ...filesBelow(root, 'prisma'), ...sources],
    installHash(root),
  );
}

/** The file that stands for each package's built output. */
export function builtFiles(root) {
  return workspaceFolders(root).flatMap((folder) => [
    ...['index', 'main']
      .filter((name) => existsSync(join(root, folder, 'src', `${name}.ts`)))
      .map((name) => join(folder, 'dist', `${name}.js`)),
    ...(existsSync(join(root, folder, 'index.html')) ? [join(folder, 'dist', 'index.html')] : []),
  ]);
}
