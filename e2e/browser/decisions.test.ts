import { beforeAll, expect, it } from '@jest/globals';
import { prepared, sharedClient } from '../stack/boot-stack.js';
import { expectAccessible, expectNoSidewaysScroll, settled } from './check-page.js';
import { describeInBrowser, screenshot } from './open-browser.js';

const client = sharedClient();
const { adminKey: key } = prepared();
/** More than one page of the API. */
const DECISIONS = 130;
/** Hundreds of decisions, each made again with every model and at every setting of the dial. */
const SIMULATED_MS = 60_000;

describeInBrowser('the decisions page', (open) => {
  let pinned: Awaited<ReturnType<typeof client.route>>;

  beforeAll(async () => {
    for (let i = 0; i < DECISIONS; i += 10)
      await Promise.all(
        Array.from({ length: 10 }, (_, j) =>
          client.route({ query: `How much is ${i + j} and ${i * 3}?`, policy: 'min-cost' }),
        ),
      );
    pinned = await client.route({ query: 'Which?', models: ['openai/*'], policy: 'max-accuracy' });
    await client.post('/v1/feedback', {
      decision_id: pinned.decision_id,
      score: 1,
      source: 'the-reader',
    });
  });

  it('fetches more as one scrolls, and keeps only what is in view in the document', async () => {
    const { page, complaints } = await open(`${client.url}/decisions?policy=min-cost`, { key });
    await settled(page);
    const table = page.getByRole('region', { name: 'Decisions' });
    await page.getByText('100 loaded', { exact: false }).waitFor();
    await table.focus();
    await page.keyboard.press('End');
    await page.getByText(/^(?!100 )\d+ loaded/).waitFor();
    expect(await table.getByRole('row').count()).toBeLessThan(60);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('finds by model and policy, and the address says what was looked for', async () => {
    const { page, complaints } = await open(`${client.url}/decisions`, { key });
    await settled(page);
    await page.getByRole('combobox', { name: 'Policy' }).click();
    await page.getByRole('option', { name: 'max-accuracy' }).click();
    await page.waitForURL(/policy=max-accuracy/);
    await page.getByRole('combobox', { name: 'Chosen model' }).fill(pinned.model);
    await page.getByRole('option', { name: pinned.model, exact: true }).click();
    await page.waitForURL(/model=/);
    await settled(page);
    const row = page.getByRole('row').nth(1);
    await row.getByText(pinned.model).waitFor();
    await row.getByRole('link').click();

    await page.getByRole('heading', { level: 1, name: pinned.model }).waitFor();
    await page.getByText('the-reader: 100% right', { exact: false }).waitFor();
    await page.getByRole('button', { name: 'Compute it anew' }).click();
    await page.getByText('to the last bit', { exact: false }).waitFor();
    const forecasts = page.getByRole('table', { name: 'How each forecast came about' });
    expect(await forecasts.getAttribute('aria-rowcount')).toBe(
      String(pinned.candidates.length + 1),
    );
    await expectAccessible(page);
    await screenshot(page, 'decision');
    await page.setViewportSize({ width: 360, height: 800 });
    await expectNoSidewaysScroll(page);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('tries other models on them, and says what would change', async () => {
    const { page, complaints } = await open(`${client.url}/what-if`, { key });
    await page.getByText('Change something to compare', { exact: false }).waitFor();
    await page.getByText('Weights', { exact: true }).click();
    await page.getByLabel('Cost', { exact: true }).fill('0');
    await page.getByLabel('Latency', { exact: true }).fill('0');
    await page.getByText(/decisions would fall otherwise/).waitFor({ timeout: SIMULATED_MS });
    await page.getByText('With the changes it runs from', { exact: false }).waitFor();
    await page.getByRole('table', { name: 'Decisions that fall otherwise' }).waitFor();
    await expectAccessible(page);
    await screenshot(page, 'what-if-weights');
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
