import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { prepared, sharedClient } from '../stack/boot-stack.js';
import { settled } from './check-page.js';
import { describeInBrowser, SCREENSHOTS } from './open-browser.js';
import { seedTraffic } from './seed-traffic.js';

const client = sharedClient();
const { adminKey: key } = prepared();
/** `README_IMAGES=1` renews what the README shows; else they are kept with the other screenshots. */
const FOLDER =
  process.env['README_IMAGES'] === '1'
    ? join(import.meta.dirname, '../../docs/images')
    : SCREENSHOTS;
const MOST_BYTES = 200_000;
const SIMULATED_MS = 60_000;
const SIZE = { key, width: 1280, height: 860 };

describeInBrowser('the images of the README', (open) => {
  beforeAll(() => seedTraffic(client));

  it('shows the playground', async () => {
    const { page } = await open(`${client.url}/playground`, SIZE);
    await page
      .getByRole('textbox', { name: 'Query' })
      .fill('Prove that there are infinitely many primes.');
    await page.getByText('decided', { exact: true }).waitFor();
    await keep(page, 'playground');
  });

  it('shows the models', async () => {
    const { page } = await open(`${client.url}/models`, SIZE);
    await settled(page);
    await page.getByText('Expected accuracy on recent queries').first().waitFor();
    await keep(page, 'models');
  });

  it('shows what would change', async () => {
    const { page } = await open(`${client.url}/what-if`, SIZE);
    await page.getByText('Change something to compare', { exact: false }).waitFor();
    await page.getByText('Weights', { exact: true }).click();
    await page.getByLabel('Cost', { exact: true }).fill('0');
    await page.getByLabel('Latency', { exact: true }).fill('0');
    await page
      .getByText('With the changes it runs from', { exact: false })
      .waitFor({ timeout: SIMULATED_MS });
    await page.mouse.move(0, 0);
    await keep(page, 'what-if');
  });
});

/** What is in view, small enough for a README. */
async function keep(page: Page, name: string): Promise<void> {
  const image = await page.screenshot();
  expect(image.length).toBeLessThan(MOST_BYTES);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `dashboard-${name}.png`), image);
  await page.context().close();
}
