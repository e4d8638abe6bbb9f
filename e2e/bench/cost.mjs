/**
 * What a decision costs in processor time, and where: `npm run bench:cost -- [--queue redis|postgres] [--seconds S]`,
 * after `npm run build`. Processor time, unlike latency, hardly depends on what else the machine does. Three kinds
 * of traffic: texts that nobody has asked, texts that are in memory, proxied calls of one model.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { startRedis } from '../../packages/local-stack/dist/index.js';
import { chatBody, startChatBench } from './chat-bench.mjs';
import { measureIn } from './children.mjs';
import { startUpstream } from './proxy-upstream.mjs';
import { unseenText } from './unseen-text.mjs';

const { values } = parseArgs({
  options: {
    queue: { type: 'string', default: 'redis' },
    seconds: { type: 'string', default: '10' },
  },
});
const seconds = Number(values.seconds);
const CONNECTIONS = 16;
const KNOWN_TEXTS = 50;
const WARM_UP_SECONDS = 3;
/** Of `/proc/<pid>/stat`, on every Linux that Node runs on. */
const MS_A_TICK = 10;

/** Processor time so far, ms, of this process' descendants, by what they are. */
function processorTime(apps) {
  const rows = new Map();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const [, command, rest] = /^\d+ \((.*)\) (.*)$/s.exec(
        readFileSync(`/proc/${pid}/stat`, 'utf8'),
      );
      const fields = rest.split(' ');
      const ms = MS_A_TICK * (Number(fields[11]) + Number(fields[12]));
      rows.set(Number(pid), { command, parent: Number(fields[1]), ms });
    } catch {
      // It has ended since.
    }
  }
  const isOurs = (pid) =>
    pid === process.pid || (rows.has(pid) && pid > 1 && isOurs(rows.get(pid).parent));
  const times = {};
  for (const [pid, { command, ms }] of rows) {
    const name =
      Object.keys(apps).find((app) => apps[app] === pid) ??
      (/^(postgres|redis-server)/.exec(command)?.[1] || null);
    if (name === null || !isOurs(pid)) continue;
    times[name] = (times[name] ?? 0) + ms;
  }
  return times;
}

const redis = values.queue === 'redis' ? await startRedis() : null;
const upstream = await startUpstream();
const bench = await startChatBench(`${upstream.origin}/v1`, { redisUrl: redis?.redisUrl });
try {
  const { stack } = bench;
  const apps = Object.fromEntries(
    ['gateway', 'predictor', 'profiler'].map((app) => [app, stack.pid(app)]),
  );
  const headers = { authorization: `Bearer ${stack.localKey}` };
  const known = Array.from({ length: KNOWN_TEXTS }, (_, i) =>
    JSON.stringify({ query: unseenText('known', i) }),
  );
  const traffic = {
    'unseen texts': { url: `${stack.gatewayUrl}/v1/route`, headers, bodies: { salt: 'cost' } },
    'known texts': { url: `${stack.gatewayUrl}/v1/route`, headers, bodies: known },
    'proxied calls': {
      url: `${stack.gatewayUrl}/v1/chat/completions`,
      headers,
      bodies: [chatBody(false)],
    },
  };
  console.log(
    `${cpus()[0].model}, ${availableParallelism()} cores, Node ${process.version}, queues on ${values.queue}; ms of processor time an answer`,
  );
  for (const [name, target] of Object.entries(traffic)) {
    const load = { ...target, connections: CONNECTIONS };
    const warmUp = typeof load.bodies.salt === 'string' ? { salt: 'warm-up' } : load.bodies;
    await measureIn('closed-loop.mjs', { ...load, bodies: warmUp, seconds: WARM_UP_SECONDS });
    const before = processorTime(apps);
    const { answers, failures } = await measureIn('closed-loop.mjs', { ...load, seconds });
    const after = processorTime(apps);
    const shares = Object.entries(after).map(([part, ms]) => [
      part,
      (ms - (before[part] ?? 0)) / answers,
    ]);
    const whole = shares.reduce((sum, [, ms]) => sum + ms, 0);
    const parts = shares.map(([part, ms]) => `${part} ${ms.toFixed(2)}`).join(', ');
    console.log(
      `${name}: ${whole.toFixed(2)} (${parts}); ${answers} answers, ${failures} failures`,
    );
  }
} finally {
  await bench.stop();
  await upstream.close();
  await redis?.stop();
}
