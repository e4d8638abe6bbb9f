import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { prepared } from '../stack/boot-stack.js';
import { DriftStack, FALLING } from '../stack/drift-stack.js';
import { expectAccessible, expectNoSidewaysScroll, settled } from './check-page.js';
import { describeInBrowser, screenshot } from './open-browser.js';

const { adminKey: key } = prepared();
/** So that a measurement takes long enough to be looked at. */
const SLOW_MS = 1_500;

describeInBrowser('a model that is measured again', (open) => {
  let stack: DriftStack;
  beforeAll(async () => {
    stack = await DriftStack.boot();
  });
  afterAll(() => stack.stop());

  it('is told of beside its alert and on its card, until it has been', async () => {
    stack.pace.ttftMs = SLOW_MS;
    const { reprofiling } = await stack.fall();
    const id = reprofiling!.onboarding_id;
    const { url } = stack.own.client;

    const { page, complaints } = await open(url, { key });
    await settled(page);
    const heading = page.getByRole('heading', { name: 'Alerts (1 open)' });
    const alerts = page.locator('section').filter({ has: heading });
    const again = alerts.getByRole('link', { name: 'Measured again' });
    await again.waitFor();
    expect(await again.getAttribute('href')).toBe(`/models/onboardings/${id}`);
    await alerts.getByText(/Measured again: (queued|running)$/).waitFor();
    await expectAccessible(page);
    await screenshot(page, 'overview-measured-again');
    await page.setViewportSize({ width: 360, height: 800 });
    await expectNoSidewaysScroll(page);

    await page.goto(`${url}/models`);
    await settled(page);
    const card = page.getByRole('listitem').filter({ hasText: FALLING });
    await card.getByText(/1 open alert · measured again at this moment$/).waitFor();
    await screenshot(page, 'models-measured-again');

    stack.pace.ttftMs = 0;
    expect(await stack.ended(id)).toMatchObject({ state: 'succeeded' });
    await page.goto(`${url}/models`);
    await settled(page);
    await card.getByText('1 deployment', { exact: true }).waitFor();
    await page.goto(url);
    await settled(page);
    expect(await page.getByText('Measured again').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
