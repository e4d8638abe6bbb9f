import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { drawAnchors } from '../../packages/anchors/dist/index.js';
import { bootOwnStack, prepared, type OwnStack } from '../stack/boot-stack.js';
import { latentModel } from '../stand-in/latent-model.js';
import { startStandInProvider, type StandInProvider } from '../stand-in/stand-in-provider.js';
import { expectAccessible, expectNoSidewaysScroll, settled } from './check-page.js';
import { describeInBrowser, screenshot } from './open-browser.js';

const { adminKey: key } = prepared();
const SECRET = 'sk-only-this-one';
const MEASURED_MS = 60_000;

describeInBrowser('the models page', (open) => {
  let own: OwnStack;
  let provider: StandInProvider;

  beforeAll(async () => {
    own = await bootOwnStack({
      env: { PROVIDER_ALLOW_PRIVATE: 'true', SECRETS_KEY: Buffer.alloc(32, 7).toString('base64') },
    });
    provider = await startStandInProvider({
      answer: latentModel({
        anchors: drawAnchors({ seed: 1 }),
        ability: [0.5],
        trueItem: ({ level }) => ({ discrimination: [1], difficulty: level - 3 }),
        seed: 5,
      }),
      apiKey: SECRET,
      prices: { inputPerMtok: 1, outputPerMtok: 4 },
    });
  });
  afterAll(async () => {
    await provider.close();
    await own.stop();
  });

  it('adds a model, measures it live, and brings it into traffic', async () => {
    const { page, complaints } = await open(`${own.client.url}/models`, { key });
    await settled(page);
    await page.getByRole('button', { name: 'Add a model' }).click();
    const form = page.getByRole('dialog', { name: 'Add a model' });
    await form.getByLabel('Name').first().fill('auto');
    await form.getByRole('button', { name: 'Add the model' }).click();
    await form.getByText('must not be "auto"', { exact: false }).waitFor();
    await expectAccessible(page);
    await form.getByLabel('Name').first().fill('acme/new-8b');
    await form.getByLabel('Base URL').fill(provider.baseUrl);
    await form.getByLabel('API key', { exact: true }).fill(SECRET);
    await form.getByLabel('USD per million input tokens').fill('1');
    await form.getByLabel('USD per million output tokens').fill('4');
    await form.getByRole('button', { name: 'Add the model' }).click();

    await page.getByRole('heading', { level: 1, name: 'acme/new-8b' }).waitFor();
    await page.getByLabel('Anchors at most').fill('12');
    await page.getByText('12 of starter').waitFor();
    expect(provider.calls).toBe(0);
    await expectAccessible(page);
    await screenshot(page, 'model-draft');
    await page.getByRole('button', { name: 'Begin to measure it' }).click();

    await page.getByRole('heading', { level: 1, name: 'Measuring acme/new-8b' }).waitFor();
    await page.getByText('Domain by domain').waitFor({ timeout: MEASURED_MS });
    await page.getByText('of 12 asked', { exact: false }).waitFor();
    expect(provider.calls).toBeGreaterThanOrEqual(12);
    await expectAccessible(page);
    await screenshot(page, 'onboarding-report');
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save the report' }).click();
    expect((await saved).suggestedFilename()).toBe('acme-new-8b-onboarding.html');

    await page.getByRole('link', { name: 'acme/new-8b' }).click();
    await page.getByText('shadow', { exact: true }).first().waitFor();
    await step(page, 'Promote');
    await page.getByRole('button', { name: 'Retire' }).waitFor();

    await page.getByRole('button', { name: 'Change prices and facts' }).click();
    const facts = page.getByRole('dialog', { name: 'Change acme/new-8b' });
    expect(await facts.getByLabel('USD per million input tokens').inputValue()).toBe('1');
    await facts.getByLabel('USD per million cached tokens').fill('-1');
    await facts.getByRole('button', { name: 'Change the model' }).click();
    await facts.getByText('expected number to be >=0', { exact: false }).waitFor();
    await expectAccessible(page);
    await facts.getByLabel('USD per million cached tokens').fill('0.25');
    await facts.getByLabel('These prices held on').fill('2026-01-31');
    await facts.getByRole('button', { name: 'Change the model' }).click();
    await facts.waitFor({ state: 'detached' });
    await page.getByText('on 2026-01-31').waitFor();
    await page.setViewportSize({ width: 360, height: 800 });
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    const shown = await own.client.get('/admin/v1/models/acme%2Fnew-8b', key);
    expect(shown.body).toMatchObject({
      state: 'active',
      prices: { input_per_mtok: 1, output_per_mtok: 4, cached_input_per_mtok: 0.25 },
    });
    expect(await page.content()).not.toContain(SECRET);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('does not overwrite what somebody else has changed meanwhile', async () => {
    await own.client.post('/admin/v1/models', { name: 'acme/other' }, key);
    const { page } = await open(`${own.client.url}/models/acme%2Fother`, { key });
    await page.getByRole('heading', { level: 1, name: 'acme/other' }).waitFor();
    await fetch(`${own.client.url}/admin/v1/models/acme%2Fother`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ size_b: 8 }),
    });
    await page.getByRole('button', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete' });
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await dialog.getByText('Somebody else changed it meanwhile', { exact: false }).waitFor();
    expect((await own.client.get('/admin/v1/models/acme%2Fother', key)).status).toBe(200);
    await page.context().close();
  });

  it('compares two models on recent queries', async () => {
    await own.client.route({ query: 'What is the capital of France?' });
    const { page, complaints } = await open(`${own.client.url}/models`, { key, scheme: 'dark' });
    await settled(page);
    const boxes = page.getByRole('checkbox', { name: /^Compare / });
    await boxes.nth(0).check();
    await boxes.nth(1).check();
    await page.getByText(/On 1 recent quer.* is expected to be right more often/).waitFor();
    await expectAccessible(page);
    await page.setViewportSize({ width: 360, height: 800 });
    await expectNoSidewaysScroll(page);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

/** Presses a button that asks first, and confirms. */
async function step(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name }).click();
  await page.getByRole('dialog', { name }).getByRole('button', { name }).click();
}
