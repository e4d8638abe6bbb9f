import { expect, it } from '@jest/globals';
import { prepared, sharedClient } from '../stack/boot-stack.js';
import { settled } from './check-page.js';
import { describeInBrowser } from './open-browser.js';

const client = sharedClient();
const { adminKey: key } = prepared();
/** Compressed, of all scripts that the first page asks for. */
const MOST_SCRIPT_BYTES = 300_000;
const LOADS = 5;

describeInBrowser('the first load', (open) => {
  it('is small, and tells how soon it is there', async () => {
    const painted: number[] = [];
    const complete: number[] = [];
    let bytes = 0;
    for (let i = 0; i < LOADS; i++) {
      // A context of its own: nothing is in its cache.
      const { page, complaints } = await open(client.url, { key });
      await settled(page);
      const load = await page.evaluate(() => ({
        painted: performance.getEntriesByName('first-contentful-paint')[0]!.startTime,
        complete: performance.now(),
        scripts: performance
          .getEntriesByType('resource')
          .filter(({ name }) => new URL(name).pathname.endsWith('.js'))
          .map((entry) => (entry as unknown as { encodedBodySize: number }).encodedBodySize),
      }));
      expect(load.scripts.every((size) => size > 0)).toBe(true);
      painted.push(load.painted);
      complete.push(load.complete);
      bytes = load.scripts.reduce((sum, size) => sum + size, 0);
      expect(complaints).toEqual([]);
      await page.context().close();
    }
    const median = (times: number[]) =>
      times.sort((a, b) => a - b)[Math.floor(LOADS / 2)]!.toFixed(0);
    console.info(
      `${bytes} bytes of script; frame painted after ${median(painted)} ms, figures after ${median(complete)}`,
    );
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(MOST_SCRIPT_BYTES);
  });
});
