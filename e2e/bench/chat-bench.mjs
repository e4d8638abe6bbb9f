import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBenchStack } from './bench-stack.mjs';

const MODEL = 'bench/model';

/** A short call of the benchmark's model. */
export const chatBody = (stream) =>
  JSON.stringify({
    model: MODEL,
    stream,
    messages: [
      { role: 'system', content: 'You are a terse assistant. '.repeat(20) },
      { role: 'user', content: 'Which river flows through Vienna?' },
    ],
  });

/** A stack as of {@link startBenchStack} that knows one more model, which `upstreamUrl` answers for. */
export async function startChatBench(upstreamUrl, { redisUrl, env = {} } = {}) {
  const bench = await startBenchStack(
    {
      SECRETS_KEY: randomBytes(32).toString('base64'),
      PROVIDER_ALLOW_PRIVATE: 'true',
      LOG_LEVEL: 'warn',
      ...env,
    },
    { redisUrl },
  );
  try {
    await addModel(bench.stack.gatewayUrl, bench.adminKey, upstreamUrl);
    return bench;
  } catch (error) {
    await bench.stop();
    throw error;
  }
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
    if (await answersChat(`${url}/v1/chat/completions`, {})) return;
    await sleep(50);
  }
  throw new Error('the gateway does not pass a call on');
}

/** Whether a call is answered there at all. */
export async function answersChat(url, headers) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: chatBody(false),
  }).catch(() => null);
  await response?.arrayBuffer();
  return response?.ok === true;
}
