import { expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { sharedClient } from '../stack/boot-stack.js';
import { expectAccessible, expectNoSidewaysScroll } from './check-page.js';
import { describeInBrowser, screenshot } from './open-browser.js';

const client = sharedClient();
const QUERY = 'Prove that there are infinitely many primes.';

const choice = (page: Page) => page.getByTestId('choice');
const decided = (page: Page) => page.getByText('decided', { exact: true });

describeInBrowser('the playground', (open) => {
  it('chooses as the router does, follows the dial, and says what would change the choice', async () => {
    const { page, complaints } = await open(`${client.url}/playground`);
    await page.getByRole('textbox', { name: 'Query' }).fill(QUERY);
    await decided(page).waitFor();
    const balanced = await client.route({ query: QUERY, policy: 'balanced' });
    expect(await choice(page).textContent()).toBe(balanced.model);
    await expectAccessible(page);

    // The choice follows the dial before there is an answer: none is let through until it has.
    const accurate = await client.route({ query: QUERY, policy: 'max-accuracy' });
    expect(accurate.model).not.toBe(balanced.model);
    let letThrough = (): void => undefined;
    const followed = new Promise<void>((resolve) => (letThrough = resolve));
    await page.route('**/v1/route', async (route) => {
      await followed;
      await route.continue();
    });
    await page.getByText('max accuracy', { exact: true }).click();
    await expectChoice(page, accurate.model);
    await page.getByText('following the dial').waitFor();
    letThrough();
    await decided(page).waitFor();
    expect(await choice(page).textContent()).toBe(accurate.model);

    await page.getByText('balanced', { exact: true }).click();
    await decided(page).waitFor();
    const [tryIt] = await page.getByRole('button', { name: /^Try it/ }).all();
    const promised = /choose (.*)$/.exec((await tryIt?.textContent()) ?? '')?.[1];
    expect(promised).not.toBe(balanced.model);
    await tryIt?.click();
    await expectChoice(page, promised ?? '');
    await decided(page).waitFor();
    expect(await choice(page).textContent()).toBe(promised);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('shows the candidates to the keyboard and as a table', async () => {
    for (const [width, scheme] of [
      [360, 'light'],
      [2560, 'dark'],
    ] as const) {
      const { page } = await open(`${client.url}/playground`, { width, scheme });
      await page.getByRole('textbox', { name: 'Query' }).fill(QUERY);
      await decided(page).waitFor();
      await expectNoSidewaysScroll(page);
      await screenshot(page, `playground-asked-${width}-${scheme}`);
      await expectAccessible(page);
      if (width === 360) {
        await page.context().close();
        continue;
      }
      const marks = page.getByRole('figure').first().getByRole('img');
      await marks.first().focus();
      const name = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
      await page.locator('[data-key][tabindex="0"]').focus();
      const first = await name();
      await page.keyboard.press('ArrowRight');
      expect(await name()).not.toBe(first);
      expect(await name()).toMatch(/% correct, 90% interval/);
      await page.getByRole('button', { name: 'Show as a table' }).first().click();
      const table = page.getByRole('table', { name: 'Candidates' });
      await table.waitFor();
      const { candidates } = await client.route({ query: QUERY });
      expect(await table.getAttribute('aria-rowcount')).toBe(String(candidates.length + 1));
      await page.context().close();
    }
  });

  it('shows a refusal as what, where and how', async () => {
    const { page } = await open(`${client.url}/playground`);
    await page.getByRole('textbox', { name: 'Models' }).fill('nobody/nothing');
    await page.getByRole('textbox', { name: 'Query' }).fill(QUERY);
    await page.getByText('This did not work').waitFor();
    await page.getByText('POST /v1/route', { exact: false }).first().waitFor();
    await page.context().close();
  });
});

async function expectChoice(page: Page, model: string): Promise<void> {
  await page.getByTestId('choice').filter({ hasText: model }).waitFor();
}
