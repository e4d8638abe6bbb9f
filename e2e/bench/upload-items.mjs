/**
 * `node upload-items.mjs GATEWAY_URL ITEMS DISTINCT` streams a batch of ITEMS items of DISTINCT texts in,
 * and prints its id. A process of its own, so that who measures live requests is not held up by it.
 */
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const ITEMS_A_CHUNK = 100;

export function textOf(i, distinct) {
  const k = i % distinct;
  return `What is ${k} plus ${(k * 7) % 1_009}, and is the sum a prime number?`;
}

function* lines(items, distinct) {
  for (let from = 0; from < items; from += ITEMS_A_CHUNK) {
    let chunk = '';
    for (let i = from; i < Math.min(items, from + ITEMS_A_CHUNK); i++)
      chunk += `{"custom_id":"q-${i}","query":"${textOf(i, distinct)}"}\n`;
    yield chunk;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [url, items, distinct] = process.argv.slice(2);
  const response = await fetch(`${url}/v1/route/batches?policy=balanced`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: Readable.toWeb(Readable.from(lines(Number(items), Number(distinct)))),
    duplex: 'half',
  });
  const batch = await response.json();
  if (response.status !== 202) throw new Error(JSON.stringify(batch));
  console.log(batch.id);
}
