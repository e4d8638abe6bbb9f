/**
 * `node closed-loop.mjs '{"url", "headers", "connections", "seconds" | "requests", "bodies"}'`: each of so many
 * connections asks as soon as its last answer is there. `bodies` are sent in turn, or are {"salt"}: texts that
 * nobody has asked yet. A process of its own, so that what is measured need not share a thread with the asking.
 * Prints answers a second, quantiles in ms, failures and the first of them.
 */
import { Agent, request } from 'node:http';
import { unseenText } from './unseen-text.mjs';

const { url, headers, connections, seconds, requests, bodies } = JSON.parse(process.argv[2]);
const agent = new Agent({ keepAlive: true, maxSockets: connections });
const latencies = [];
const firstBytes = [];
let failures = 0;
let firstFailure;
let sent = 0;
let until = Infinity;

function bodyOf(n) {
  if (Array.isArray(bodies)) return bodies[n % bodies.length];
  return JSON.stringify({ query: unseenText(bodies.salt, n) });
}

function ask(payload) {
  return new Promise((resolve) => {
    const start = performance.now();
    const end = (problem) => {
      if (problem === null) latencies.push(performance.now() - start);
      else {
        failures++;
        firstFailure ??= problem;
      }
      resolve();
    };
    const call = request(
      url,
      {
        method: 'POST',
        agent,
        headers: {
          ...headers,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(payload),
        },
      },
      (response) => {
        response.once('data', () => firstBytes.push(performance.now() - start));
        response.resume();
        response.on('end', () =>
          end(response.statusCode === 200 ? null : `HTTP ${response.statusCode}`),
        );
        response.on('error', ({ message }) => end(message));
      },
    );
    call.on('error', ({ message }) => end(message));
    call.end(payload);
  });
}

async function connection() {
  while (performance.now() < until && sent < (requests ?? Infinity)) await ask(bodyOf(sent++));
}

const start = performance.now();
if (seconds !== undefined) until = start + 1000 * seconds;
await Promise.all(Array.from({ length: connections }, connection));
const elapsed = (performance.now() - start) / 1000;
agent.destroy();
function quantile(values, q) {
  const sorted = values.sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}
console.log(
  JSON.stringify({
    perSecond: latencies.length / elapsed,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    firstByteP50: quantile(firstBytes, 0.5),
    answers: latencies.length,
    failures,
    firstFailure,
  }),
);
