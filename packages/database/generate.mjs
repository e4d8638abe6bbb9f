// Generates the Prisma client from prisma/schema.prisma into src/generated.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const packageDir = dirname(fileURLToPath(import.meta.url));
const prismaDir = dirname(require.resolve('prisma/package.json'));

rmSync(join(packageDir, 'src/generated'), { recursive: true, force: true });
const { status } = spawnSync(
  process.execPath,
  [
    join(prismaDir, 'build/index.js'),
    'generate',
    '--no-hints',
    '--schema',
    join(packageDir, '../../prisma/schema.prisma'),
  ],
  {
    cwd: packageDir,
    stdio: 'inherit',
    env: { ...process.env, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1', ...engine() },
  },
);
process.exitCode = status ?? 1;

/**
 * The CLI downloads the native schema engine before anything else, though `generate` never runs it.
 * Where none is installed, any executable in its place keeps the build off the network.
 */
function engine() {
  if (process.env.PRISMA_SCHEMA_ENGINE_BINARY !== undefined) return {};
  const enginesDir = dirname(
    createRequire(join(prismaDir, 'package.json')).resolve('@prisma/engines/package.json'),
  );
  const installed = readdirSync(enginesDir).some((file) => file.startsWith('schema-engine-'));
  return installed ? {} : { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath };
}
