import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { connectDatabase } from '../../packages/database/dist/index.js';
import { accepted, ended, LARGE_FINISHED_MS, ndjsonItems, submit } from '../stack/batches.js';
import { bootOwnStack, prepared, type OwnStack } from '../stack/boot-stack.js';
import { expectAccessible, settled } from './check-page.js';
import { describeInBrowser, screenshot } from './open-browser.js';
import { scrollThrough } from './scroll-through.js';

const { adminKey: key } = prepared();
const ROWS = 10_000;
/** Rows that fit into a table, and those kept ready above and below. */
const MOST_IN_DOCUMENT = 60;
/** On two cores that the stack and the browser share, 95 of 100 frames come sooner. */
const FRAME_P95_MS = 50;
const LOADED_MS = 150_000;

describeInBrowser('tables of ten thousand rows', (open) => {
  let own: OwnStack;
  let batch: string;
  beforeAll(async () => {
    own = await bootOwnStack();
    await seedDecisions(own);
    batch = accepted(await submit(own.client, ndjsonItems(ROWS), { key })).id;
    await ended(own.client, batch, key, LARGE_FINISHED_MS);
  }, LARGE_FINISHED_MS + 60_000);
  afterAll(() => own.stop());

  it('loads decisions as one scrolls, and scrolls through all of them smoothly', async () => {
    const { page, complaints } = await open(`${own.client.url}/decisions`, { key });
    await settled(page);
    const scroller = page.getByRole('region', { name: 'Decisions' });
    const table = scroller.getByRole('table');
    // How many there are is not known before the last page is there.
    expect(await table.getAttribute('aria-rowcount')).toBe('-1');
    const all = page.getByText(`${ROWS.toLocaleString('en-US')} loaded: these are all`);
    const deadline = Date.now() + LOADED_MS;
    while (!(await all.isVisible()) && Date.now() < deadline) await toEnd(scroller);
    await all.waitFor();
    await expectSmooth(scroller);
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('shows the results of a batch item by item, and sorts them', async () => {
    const { page, complaints } = await open(`${own.client.url}/batches/${batch}`, { key });
    await settled(page);
    const scroller = page.getByRole('region', { name: 'Results' });
    await scroller.getByRole('row').nth(1).waitFor();
    await expectSmooth(scroller);
    await scroller.getByRole('button', { name: 'P(correct)' }).click();
    await scroller.getByRole('columnheader', { name: 'P(correct)' }).waitFor();
    expect(await scroller.locator('[aria-sort="descending"]').count()).toBe(1);
    await expectSmooth(scroller);
    await expectAccessible(page);
    await screenshot(page, 'batch-results');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('shows the models as a table as well', async () => {
    const { page, complaints } = await open(`${own.client.url}/models`, { key });
    await settled(page);
    await page.getByText('Table', { exact: true }).click();
    const scroller = page.getByRole('region', { name: 'Models' });
    await scroller.getByRole('button', { name: 'Expected accuracy' }).click();
    const { mostRows } = await scrollThrough(scroller, { step: 200, frames: 60 });
    expect(mostRows).toBeLessThanOrEqual(MOST_IN_DOCUMENT);
    await scroller.getByRole('checkbox').first().check();
    await expectAccessible(page);
    await screenshot(page, 'models-table');
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

/** Once from top to bottom, screen by screen: how long frames take, how many rows are there, which is the last. */
async function expectSmooth(scroller: Locator): Promise<void> {
  const table = scroller.getByRole('table');
  expect(await table.getAttribute('aria-rowcount')).toBe(String(ROWS + 1));
  const { p50, p95, mostRows } = await scrollThrough(scroller, { step: 300, frames: 300 });
  console.info(`frames: p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, ${mostRows} rows`);
  expect(p95).toBeLessThan(FRAME_P95_MS);
  expect(mostRows).toBeLessThanOrEqual(MOST_IN_DOCUMENT);
  await toEnd(scroller);
  await scroller.locator(`tr[aria-rowindex="${ROWS + 1}"]`).waitFor();
}

async function toEnd(scroller: Locator): Promise<void> {
  await scroller.focus();
  await scroller.page().keyboard.press('End');
}

/** As many decisions as rows: copies of one that the router has made, a second apart. */
async function seedDecisions({ client, databaseUrl }: OwnStack): Promise<void> {
  const { decision_id: first } = await client.route({ query: 'Which river flows through Vienna?' });
  const database = connectDatabase(databaseUrl);
  try {
    const made = await database.decisions.get(first);
    const copies = Array.from({ length: ROWS - 1 }, (_, i) => ({
      ...made!,
      id: `dec_${(i + 1).toString(16).padStart(32, '0')}`,
      createdAt: new Date(made!.createdAt.getTime() - (i + 1) * 1_000),
    }));
    for (let i = 0; i < copies.length; i += 200)
      await database.decisions.appendMany(copies.slice(i, i + 200));
  } finally {
    await database.close();
  }
}
