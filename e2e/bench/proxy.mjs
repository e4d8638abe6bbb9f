// What the gateway adds to a call: `npm run bench:proxy [-- seconds]`. One upstream, a bare Node proxy, the
// gateway and, where it can be fetched, Portkey's; each shape is measured on all of them in turn.
// On a shared machine the ratios of one run tell more than milliseconds.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../packages/local-stack/dist/index.js';
import { answersChat, chatBody, startChatBench } from './chat-bench.mjs';
import { measureIn } from './children.mjs';
import { startBareProxy, startUpstream } from './proxy-upstream.mjs';

const SECONDS = Number(process.argv[2] ?? 8);
const CONNECTIONS = [1, 32, 128];
const WARM_UP_SECONDS = 2;
// With newer versions of its HTTP server, which its range allows, Portkey answers every stream with 500.
const PORTKEY = {
  private: true,
  dependencies: { '@portkey-ai/gateway': '1.15.2' },
  overrides: { '@hono/node-server': '1.3.3' },
};
const say = (text) => process.stderr.write(`${text}\n`);

async function startGateway(upstreamUrl) {
  const bench = await startChatBench(upstreamUrl);
  return {
    url: `${bench.stack.gatewayUrl}/v1/chat/completions`,
    headers: {},
    close: () => bench.stop(),
  };
}

/** Null where it cannot be fetched or does not start in time. */
async function startPortkey(upstreamUrl) {
  const folder = mkdtempSync(join(tmpdir(), 'zerorouter-portkey-'));
  const close = () => rmSync(folder, { recursive: true, force: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify(PORTKEY));
  const installed = await runQuietly('npm', ['install', '--ignore-scripts', '--legacy-peer-deps'], {
    cwd: folder,
    timeout: 180_000,
  });
  if (!installed) {
    close();
    return null;
  }
  const port = await freePort();
  const server = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js');
  const child = spawn(process.execPath, [server, `--port=${port}`, '--headless'], {
    stdio: 'ignore',
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const stop = async () => {
    if (child.exitCode === null && child.kill()) await once(child, 'exit');
    close();
  };
  const url = `http://127.0.0.1:${port}/v1/chat/completions`;
  const headers = {
    'x-portkey-provider': 'openai',
    'x-portkey-custom-host': upstreamUrl,
    authorization: 'Bearer sk-bench-0123456789',
  };
  for (let tries = 0; tries < 300 && child.exitCode === null; tries++) {
    if (await answersChat(url, headers)) return { url, headers, close: stop };
    await sleep(100);
  }
  await stop();
  return null;
}

/** Whether the command ended well. */
async function runQuietly(command, args, options) {
  const child = spawn(command, args, { stdio: 'ignore', ...options });
  const [code] = await once(child, 'exit');
  return code === 0;
}

async function main() {
  const upstream = await startUpstream();
  const bare = await startBareProxy(upstream.origin);
  const cleanUps = [upstream.close, bare.close];
  try {
    say('starting the gateway …');
    const gateway = await startGateway(`${upstream.origin}/v1`);
    cleanUps.push(gateway.close);
    const candidates = { bare: { ...bare, headers: {} }, zerorouter: gateway };
    say('fetching Portkey …');
    const portkey = await startPortkey(`${upstream.origin}/v1`);
    if (portkey === null) say('it cannot be had: measured without it');
    else {
      candidates.portkey = portkey;
      cleanUps.push(portkey.close);
    }
    process.stdout.write(`${JSON.stringify(await compare(candidates), null, 2)}\n`);
  } finally {
    for (const close of cleanUps.reverse()) await close();
  }
}

async function compare(candidates) {
  const rows = [];
  for (const stream of [false, true])
    for (const connections of CONNECTIONS) {
      const row = { stream, connections };
      for (const [name, { url, headers }] of Object.entries(candidates)) {
        row[name] = await load(name, { url, headers, connections, bodies: [chatBody(stream)] });
        say(
          `${stream ? 'streamed' : 'whole'} ${connections} ${name}: ${JSON.stringify(row[name])}`,
        );
      }
      for (const name of Object.keys(candidates))
        if (name !== 'bare')
          row[`${name}_to_bare`] = Object.fromEntries(
            ['p50', 'p99', 'perSecond'].map((key) => [key, round(row[name][key] / row.bare[key])]),
          );
      rows.push(row);
    }
  return { seconds_each: SECONDS, rows };
}

/** The first seconds compile what runs often, and are thrown away. */
async function load(name, target) {
  await measureIn('closed-loop.mjs', { ...target, seconds: WARM_UP_SECONDS });
  const measured = await measureIn('closed-loop.mjs', { ...target, seconds: SECONDS });
  if (measured.failures > 0)
    throw new Error(`${name}: ${measured.failures} calls failed, first: ${measured.firstFailure}`);
  return Object.fromEntries(
    Object.entries(measured).map(([key, value]) => [key, Number(value.toPrecision(4))]),
  );
}

const round = (value) => Math.round(value * 100) / 100;

await main();
