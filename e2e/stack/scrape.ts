import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';

/** What one process told Prometheus. */
export interface Scrape {
  /** Names as `# TYPE` declares them. */
  names: Set<string>;
  /** Of the samples whose name is this and whose labels hold these, the sum. */
  sum(name: string, labels?: Record<string, string>): number;
}

export async function scrape(url: string, key?: string): Promise<Scrape> {
  const response = await fetch(`${url}/metrics`, {
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
  });
  const text = await response.text();
  expect([response.status, text.slice(0, 200)]).toEqual([200, expect.any(String)]);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const samples = [...text.matchAll(/^([a-z_]\w*)(?:\{(.*)\})? (\S+)$/gm)];
  return {
    names: new Set([...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name!)),
    sum: (name, labels = {}) =>
      samples
        .filter(
          ([, found, own = '']) =>
            found === name &&
            Object.entries(labels).every(([label, value]) => own.includes(`${label}="${value}"`)),
        )
        .reduce((sum, [, , , value]) => sum + Number(value), 0),
  };
}

/** Where a worker of a stack listens, as its log tells. */
export function healthUrlOf(stateDir: string, app: 'predictor' | 'profiler'): string {
  const log = readFileSync(join(stateDir, 'logs', `${app}.log`), 'utf8');
  const port = [...log.matchAll(/"port":(\d+),"msg":"listening"/g)].at(-1)?.[1];
  expect(port).toBeDefined();
  return `http://127.0.0.1:${port}`;
}
