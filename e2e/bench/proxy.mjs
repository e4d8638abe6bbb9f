// What the gateway adds to a call: `npm run bench:proxy [-- seconds]`. One upstream, a bare Node proxy, the
// gateway and, where it can be fetched, Portkey's; each shape is measured on all of them in turn.
// On a shared machine the ratios of one run tell more than milliseconds.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../packages/local-stack/dist/index.js';
import { startBenchStack } from './bench-stack.mjs';
import { measure } from './proxy-load.mjs';
import { startBareProxy, startUpstream } from './proxy-upstream.mjs';

const SECONDS = Number(process.argv[2] ?? 2);
const CONNECTIONS = [1, 32, 128];
const MODEL = 'bench/model';
const PORTKEY = '@portkey-ai/gateway@1.15.2';

const say = (text) => process.stderr.write(`${text}\n`);

async function startGateway(upstreamUrl) {
  const stack = await startBenchStack({
    SECRETS_KEY: randomBytes(32).toString('base64'),
    PROVIDER_ALLOW_PRIVATE: 'true',
    LOG_LEVEL: 'warn',
  });
  const url = stack.stack.gatewayUrl;
  await addModel(url, stack.adminKey, upstreamUrl);
  return { url: `${url}/v1/chat/completions`, headers: {}, close: () => stack.stop() };
}

async function addModel(url, adminKey, upstreamUrl) {
  const response = await fetch(`${url}/admin/v1/models`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: MODEL,
      deployments: [{ base_url: upstreamUrl, api_key: 'sk-bench-0123456789' }],
      prices: { input_per_mtok: 1, output_per_mtok: 2 },
    }),
  });
  if (!response.ok) throw new Error(`the model could not be added: ${await response.text()}`);
  for (let tries = 0; tries < 100; tries++) {
    const answer = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: MODEL, messages: [{ role: 'user', content: 'Hi' }] }),
    });
    await answer.arrayBuffer();
    if (answer.ok) return;
    await sleep(50);
  }
  throw new Error('the gateway does not pass a call on');
}

/** Null where it cannot be fetched or does not start in time. */
async function startPortkey(upstreamUrl) {
  const port = await freePort();
  const child = spawn('npx', ['--yes', PORTKEY, `--port=${port}`, '--headless'], {
    stdio: 'ignore',
    detached: true,
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const close = () => {
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch {
      // It is gone already.
    }
  };
  const url = `http://127.0.0.1:${port}/v1/chat/completions`;
  const headers = {
    'x-portkey-provider': 'openai',
    'x-portkey-custom-host': upstreamUrl,
    authorization: 'Bearer sk-bench-0123456789',
  };
  const ready = (async () => {
    for (let tries = 0; tries < 90; tries++) {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ model: MODEL, messages: [{ role: 'user', content: 'Hi' }] }),
      }).catch(() => null);
      await answer?.arrayBuffer();
      if (answer?.ok) return true;
      if (child.exitCode !== null) return false;
      await sleep(1_000);
    }
    return false;
  })();
  if (await ready) return { url, headers, close };
  close();
  return null;
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
    say(`fetching ${PORTKEY} …`);
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
        const load = { url, headers, connections, body: { model: MODEL, stream } };
        // The first second warms what is compiled.
        await measure({ ...load, seconds: 0.5 });
        row[name] = await measure({ ...load, seconds: SECONDS });
        say(
          `${stream ? 'streamed' : 'whole'} ${connections} ${name}: ${JSON.stringify(row[name])}`,
        );
      }
      for (const name of Object.keys(candidates))
        if (name !== 'bare')
          row[`${name}_to_bare`] = {
            p50: round(row[name].p50_ms / row.bare.p50_ms),
            p99: round(row[name].p99_ms / row.bare.p99_ms),
            per_second: round(row[name].per_second / row.bare.per_second),
          };
      rows.push(row);
    }
  return { seconds_each: SECONDS, rows };
}

const round = (value) => Math.round(value * 100) / 100;

await main();
