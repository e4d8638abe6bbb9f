import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const pathOf = (script) => fileURLToPath(new URL(script, import.meta.url));

/** Runs a script of this folder to its end. @returns the JSON that it prints. */
export async function measureIn(script, options) {
  const { stdout } = await run(process.execPath, [pathOf(script), JSON.stringify(options)]);
  return JSON.parse(stdout);
}

/** Starts a script of this folder. @returns its first line, once it has printed it, and how to end it. */
export async function startChild(script, argument) {
  const child = spawn(process.execPath, [pathOf(script), argument], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const line = await Promise.race([
    new Promise((resolve) => createInterface({ input: child.stdout }).once('line', resolve)),
    ended.then((code) => {
      throw new Error(`${script} ended with ${code} before it was ready`);
    }),
  ]);
  return {
    line,
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
