import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from '@jest/globals';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const FOLLOWS_MS = 5_000;

/** Holds what is shown just now to WCAG 2.2 AA, as far as axe can tell: nothing serious or critical. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } };
    return axe.run({ resultTypes: ['violations'] });
  });
  const grave = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => [
      id,
      ...nodes.slice(0, 4).map(({ html, any }) => `${html.slice(0, 160)} ${any[0]?.message ?? ''}`),
    ]);
  expect(grave).toEqual([]);
}

/** Nothing sticks out to the right: wide things scroll inside themselves. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const widths = () =>
    page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
  // Plots follow their width some frames later, and a busy machine draws few.
  const deadline = Date.now() + FOLLOWS_MS;
  let [content = 0, window = 0] = await widths();
  while (content > window && Date.now() < deadline) {
    await page.waitForTimeout(100);
    [content = 0, window = 0] = await widths();
  }
  expect(content).toBeLessThanOrEqual(window);
}

/** Waits until the page has its heading and nothing is loading. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').waitFor();
  const loading = page.locator('[role="status"][aria-label="Loading"]');
  await loading.first().waitFor({ state: 'detached' });
}
