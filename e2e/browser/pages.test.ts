import { beforeAll, expect, it } from '@jest/globals';
import { prepared, sharedClient } from '../stack/boot-stack.js';
import { expectAccessible, expectNoSidewaysScroll, settled } from './check-page.js';
import { describeInBrowser, screenshot } from './open-browser.js';
import { seedTraffic } from './seed-traffic.js';

const client = sharedClient();
const { adminKey: key } = prepared();

const PAGES = [
  ['/', 'overview'],
  ['/playground', 'playground'],
  ['/decisions', 'decisions'],
  ['/latent-map', 'latent-map'],
  ['/models', 'models'],
  ['/what-if', 'what-if'],
  ['/batches', 'batches'],
  ['/labels', 'labels'],
  ['/settings', 'settings'],
] as const;
const WIDTHS = [360, 1280, 2560];

describeInBrowser('every page', (open) => {
  beforeAll(() => seedTraffic(client));

  it.each(PAGES)(
    '%s works at all widths, in both schemes, without a complaint',
    async (path, name) => {
      for (const scheme of ['light', 'dark'] as const) {
        const { page, complaints } = await open(`${client.url}${path}`, { key, scheme });
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 900 });
          await settled(page);
          await expectNoSidewaysScroll(page);
          await screenshot(page, `${name}-${width}-${scheme}`);
          if (width < WIDTHS[2]!) await expectAccessible(page);
        }
        expect(complaints).toEqual([]);
        await page.context().close();
      }
    },
  );

  it('tells on every page what a missing key would open, and takes one', async () => {
    const { page } = await open(client.url);
    await page.getByText('This needs an API key').first().waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Enter a key' }).first().click();
    await page.getByRole('textbox', { name: 'Key' }).fill(key);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Use this key' }).click();
    await page.getByText('Predicted quality', { exact: true }).waitFor();
    expect(page.url()).not.toContain('zr_');
    expect(await page.evaluate(() => [localStorage.length, sessionStorage.length])).toEqual([0, 1]);
    await page.context().close();
  });

  it('is walked with the keyboard alone', async () => {
    const { page } = await open(client.url, { key });
    await settled(page);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the page');
    const link = page.getByRole('link', { name: 'Playground' }).first();
    await link.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Playground' }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    expect(await page.title()).toBe('Playground · ZeroRouter');
    await page.context().close();
  });
});
