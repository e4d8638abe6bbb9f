import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { batchResultSchema } from '../../packages/contracts/dist/index.js';
import { ndjsonItems } from '../stack/batches.js';
import { prepared, sharedClient } from '../stack/boot-stack.js';
import { expectAccessible, expectNoSidewaysScroll, settled } from './check-page.js';
import { describeInBrowser, screenshot } from './open-browser.js';

const client = sharedClient();
const { adminKey: key } = prepared();
const ITEMS = 40;
const ROUTED_MS = 60_000;

const file = (text: string) => ({
  name: 'items.ndjson',
  mimeType: 'application/x-ndjson',
  buffer: Buffer.from(text),
});

describeInBrowser('the batches page', (open) => {
  it('uploads a file, follows the batch, and saves its results', async () => {
    const { page, complaints } = await open(`${client.url}/batches`, { key });
    await settled(page);
    await page.getByRole('button', { name: 'Upload a batch' }).click();
    const form = page.getByRole('dialog', { name: 'Upload a batch' });
    const input = form.locator('input[type="file"]');
    await input.setInputFiles(file('{"custom_id":"a","query":"x"}\n{"custom_id":'));
    await form.getByText('Line 2: is no JSON', { exact: false }).waitFor();
    expect(await form.getByRole('button', { name: 'Route the batch' }).isDisabled()).toBe(true);
    await expectAccessible(page);

    await input.setInputFiles(file([...ndjsonItems(ITEMS)].join('')));
    await form.getByText(`${ITEMS} items`, { exact: false }).waitFor();
    await form.getByLabel('Budget, USD').fill('much');
    await form.getByRole('button', { name: 'Route the batch' }).click();
    await form.getByText('An amount of USD, 0 or more').waitFor();
    await form.getByLabel('Budget, USD').fill('0.004');
    await screenshot(page, 'batch-form');
    await form.getByRole('button', { name: 'Route the batch' }).click();

    await page.getByRole('heading', { level: 1, name: `Batch of ${ITEMS} items` }).waitFor();
    await page.getByText('completed', { exact: true }).waitFor({ timeout: ROUTED_MS });
    await page.getByText('Who answers').waitFor();
    await page.getByText('A further dollar').waitFor();
    await expectAccessible(page);
    await screenshot(page, 'batch-completed');

    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download the results' }).click();
    const saved = await saving;
    expect(saved.suggestedFilename()).toMatch(/\.ndjson$/);
    const lines = readFileSync(await saved.path(), 'utf8')
      .trim()
      .split('\n');
    const results = lines.map((line) => batchResultSchema.parse(JSON.parse(line)));
    expect(results.map(({ custom_id }) => custom_id)).toEqual(
      Array.from({ length: ITEMS }, (_, i) => `q-${i}`),
    );
    expect(results.reduce((sum, { cost_usd }) => sum + (cost_usd ?? 0), 0)).toBeLessThanOrEqual(
      0.004,
    );

    await page.setViewportSize({ width: 360, height: 800 });
    await expectNoSidewaysScroll(page);
    await page.getByRole('link', { name: 'All batches' }).click();
    await page.getByRole('table', { name: 'Batches' }).waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('tells what the gateway refuses', async () => {
    const { page } = await open(`${client.url}/batches`, { key });
    await settled(page);
    await page.getByRole('button', { name: 'Upload a batch' }).click();
    const form = page.getByRole('dialog', { name: 'Upload a batch' });
    const twice = '{"custom_id":"a","query":"x"}\n{"custom_id":"a","query":"y"}\n';
    await form.locator('input[type="file"]').setInputFiles(file(twice));
    await form.getByRole('button', { name: 'Route the batch' }).click();
    await form.getByText('This did not work').waitFor();
    await form.getByText('POST /v1/route/batches', { exact: false }).waitFor();
    await page.context().close();
  });
});
