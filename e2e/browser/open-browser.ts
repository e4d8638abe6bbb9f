import { existsSync, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
/** Not kept by git: to be looked at, and to tell what a failed test saw. */
export const SCREENSHOTS = join(import.meta.dirname, 'screenshots');

/** CHROMIUM_PATH, else the first of the usual names on the path; null where there is none. */
function findChromium(): string | null {
  const { CHROMIUM_PATH, PATH = '' } = process.env;
  if (CHROMIUM_PATH !== undefined) return CHROMIUM_PATH;
  const places = PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return places.find((place) => existsSync(place)) ?? null;
}

export interface OpenOptions {
  /** CSS pixels; 1280 × 900 unless told. */
  width?: number;
  height?: number;
  scheme?: 'light' | 'dark';
  /** As if it had been entered in this tab. */
  key?: string;
}

/** A tab and what went wrong in it: errors, warnings of the console, and whatever the policy refused. */
export interface Tab {
  page: Page;
  complaints: string[];
}

/** A suite with a browser of its own; without Chromium it is skipped, and says so. */
export function describeInBrowser(
  name: string,
  suite: (open: (url: string, options?: OpenOptions) => Promise<Tab>) => void,
): void {
  const executablePath = findChromium();
  if (executablePath === null) {
    console.warn(`no Chromium (CHROMIUM_PATH): "${name}" is SKIPPED`);
    describe.skip(name, () => suite(() => Promise.reject(new Error('no Chromium'))));
    return;
  }
  describe(name, () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await chromium.launch({
        executablePath,
        // As root there is no sandbox, and these tests visit nothing but the gateway under test.
        args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
      });
    });
    afterAll(() => browser.close());
    suite((url, options) => openTab(browser, url, options));
  });
}

async function openTab(browser: Browser, url: string, options: OpenOptions = {}): Promise<Tab> {
  const { width = 1280, height = 900, scheme = 'light', key } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    reducedMotion: 'reduce',
  });
  if (key !== undefined)
    await context.addInitScript((entered) => {
      sessionStorage.setItem('zerorouter.key', entered);
    }, key);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (entry) => {
    if (['error', 'warning'].includes(entry.type())) complaints.push(entry.text());
  });
  await page.goto(url);
  return { page, complaints };
}

export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
}
