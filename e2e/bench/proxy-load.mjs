import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';

const messages = [
  { role: 'system', content: 'You are a terse assistant. '.repeat(20) },
  { role: 'user', content: 'Which river flows through Vienna?' },
];

/**
 * Keeps so many connections busy for so long, each with one call after the other.
 * @returns ms from the call to the first byte and to the end of the answer, and answers a second
 */
export async function measure({ url, headers, body, connections, seconds }) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const payload = Buffer.from(JSON.stringify({ ...body, messages }));
  const until = performance.now() + seconds * 1_000;
  const times = [];
  const firsts = [];
  const start = performance.now();
  const call = async () => {
    const began = performance.now();
    const request = httpRequest(url, {
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/json', 'content-length': payload.length, ...headers },
    });
    request.end(payload);
    const [response] = await once(request, 'response');
    if (response.statusCode !== 200) throw new Error(`${url} answers ${response.statusCode}`);
    response.once('data', () => firsts.push(performance.now() - began));
    response.resume();
    await once(response, 'end');
    times.push(performance.now() - began);
  };
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < until) await call();
    }),
  );
  agent.destroy();
  const took = (performance.now() - start) / 1_000;
  return {
    answers: times.length,
    per_second: Math.round(times.length / took),
    p50_ms: quantile(times, 0.5),
    p99_ms: quantile(times, 0.99),
    first_byte_p50_ms: quantile(firsts, 0.5),
  };
}

function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  return Number(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))].toFixed(3));
}
