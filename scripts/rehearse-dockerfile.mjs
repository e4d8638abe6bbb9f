import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { freePort, startThrowAwayPostgres } from '../packages/local-stack/dist/index.js';
import { note, PlainFailure, ROOT, runCommand } from './bootstrap.mjs';

/** The account `node` of the image; here any that owns nothing of what is tried. */
const UNPRIVILEGED = 65_534;

/**
 * Carries out the Dockerfile without a container engine: each stage in a folder of its own that
 * stands for `/`, copies and commands as they are written. Then the setup and the gateway run from
 * the last stage, as an account that can write nothing there.
 */
async function rehearse() {
  const folder = mkdtempSync(join(tmpdir(), 'zerorouter-image-'));
  chmodSync(folder, 0o755);
  try {
    const image = buildStages(folder);
    await tryImage(image);
    note('the image sets up a database and answers');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Instructions as [keyword, rest], with continued lines joined. */
function readInstructions() {
  return readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => /^(\w+)\s+(.*)$/.exec(line).slice(1));
}

function buildStages(folder) {
  const stages = new Map();
  let stage;
  for (const [keyword, rest] of readInstructions()) {
    if (keyword === 'FROM') {
      const name = / AS (\w+)/i.exec(rest)?.[1] ?? 'image';
      stage = { root: join(folder, name), workdir: '/', environment: {}, command: [] };
      mkdirSync(stage.root, { recursive: true });
      stages.set(name, stage);
    } else {
      carryOut(keyword, rest, stage, stages);
    }
  }
  return stage;
}

function carryOut(keyword, rest, stage, stages) {
  const here = join(stage.root, stage.workdir);
  switch (keyword) {
    case 'WORKDIR':
      stage.workdir = rest;
      mkdirSync(join(stage.root, rest), { recursive: true });
      break;
    case 'ENV':
      for (const [, name, value] of rest.matchAll(/(\w+)=(\S+)/g)) {
        stage.environment[name] = value.startsWith('/') ? join(stage.root, value) : value;
      }
      break;
    case 'COPY': {
      const words = rest.split(/\s+/);
      const from = /^--from=(\w+)$/.exec(words[0])?.[1];
      const [target, ...sources] = (from === undefined ? words : words.slice(1)).reverse();
      const origin = from === undefined ? ROOT : stages.get(from).root;
      for (const source of sources) {
        const place = target.endsWith('/') ? join(target, basename(source)) : target;
        copy(join(origin, source), join(here, place), from === undefined);
      }
      break;
    }
    case 'RUN':
      note(`RUN ${rest.slice(0, 100)}`);
      runLine(rest, here, stage);
      break;
    case 'CMD':
      stage.command = JSON.parse(rest);
      break;
    case 'USER':
      break;
    default:
      throw new PlainFailure(`the rehearsal does not know the instruction ${keyword}`);
  }
}

/** What the build context leaves out, by the patterns of .dockerignore that are in use. */
function ignored() {
  const lines = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const names = lines.filter((line) => /^\*\*\/[^*]+$/.test(line)).map((line) => line.slice(3));
  const endings = lines.filter((line) => line.startsWith('**/*.')).map((line) => line.slice(4));
  return (path) =>
    names.includes(basename(path)) || endings.some((ending) => path.endsWith(ending));
}

function copy(source, target, fromContext) {
  const leaveOut = fromContext ? ignored() : () => false;
  mkdirSync(dirname(target), { recursive: true });
  cpSync(source, target, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !leaveOut(path),
  });
}

function runLine(line, cwd, stage) {
  // A global install would change this machine; npx brings the same tool.
  if (/^npm install --global pnpm@10$/.test(line)) {
    return;
  }
  const { status, stdout, stderr } = spawnSync(
    'npx',
    ['--yes', '--prefer-offline', '--package=pnpm@10', '--call', line],
    { cwd, env: { ...process.env, ...stage.environment }, encoding: 'utf8' },
  );
  if (status !== 0) {
    throw new PlainFailure(`${stdout}${stderr}\nthe Dockerfile's command failed: ${line}`);
  }
}

async function tryImage(image) {
  const cwd = join(image.root, image.workdir);
  if (existsSync(join(cwd, 'packages', 'local-stack', 'node_modules'))) {
    throw new PlainFailure('the image carries the packages of the local stack');
  }
  const postgres = await startThrowAwayPostgres();
  const running = [];
  try {
    const environment = {
      PATH: process.env.PATH,
      ...image.environment,
      DATABASE_URL: postgres.databaseUrl,
    };
    const start = (command, more) => {
      const [program, ...args] = command;
      const child = spawn(program === 'node' ? process.execPath : program, args, {
        cwd,
        env: { ...environment, ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
        ...(process.getuid() === 0 ? { uid: UNPRIVILEGED, gid: UNPRIVILEGED } : {}),
      });
      const output = Promise.all([text(child.stdout), text(child.stderr)]);
      const ended = new Promise((resolve) => child.once('exit', resolve));
      running.push({ child, ended });
      return { output, ended };
    };
    const setup = start(['node', 'apps/setup/dist/main.js'], {});
    if ((await setup.ended) !== 0) {
      throw new PlainFailure(`the setup failed: ${(await setup.output).join('')}`);
    }
    const key = /zr_\S+/.exec((await setup.output)[0])?.[0];
    const port = await freePort();
    start(['node', 'apps/predictor/dist/main.js'], {});
    const gateway = start(image.command, { PORT: String(port) });
    await expectAnswer(`http://127.0.0.1:${port}`, key, gateway);
  } finally {
    for (const { child, ended } of running) {
      child.kill('SIGTERM');
      await ended;
    }
    await postgres.stop();
  }
}

async function expectAnswer(url, key, gateway) {
  const deadline = Date.now() + 60_000;
  let reply = 'nothing';
  while (Date.now() < deadline) {
    try {
      const response = await fetch(`${url}/v1/route`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: '{"query": "Does it run?"}',
      });
      reply = `${response.status} ${await response.text()}`;
      if (response.ok) {
        return;
      }
    } catch (error) {
      reply = error.message;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new PlainFailure(`the gateway of the image answered ${reply} (${String(gateway.ended)})`);
}

runCommand(rehearse);
