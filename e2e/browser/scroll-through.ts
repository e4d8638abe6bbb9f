import type { Locator } from 'playwright-core';

export interface Scrolled {
  /** Ms from one frame to the next: the median, and what 95 of 100 stay below. */
  p50: number;
  p95: number;
  /** Rows that were in the document at once, at most, the header included. */
  mostRows: number;
}

interface Scroller {
  scrollTop: number;
  querySelectorAll(selector: string): { length: number };
}

/** Scrolls by so many CSS pixels in each frame, from the top on, and takes the time of each. */
export async function scrollThrough(
  scroller: Locator,
  options: { step: number; frames: number },
): Promise<Scrolled> {
  const { times, mostRows } = await scroller.evaluate(measure, options);
  const sorted = times.sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;
  return { p50: at(0.5), p95: at(0.95), mostRows };
}

/** Runs within the page. */
async function measure(
  element: unknown,
  { step, frames }: { step: number; frames: number },
): Promise<{ times: number[]; mostRows: number }> {
  const scroller = element as Scroller;
  const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
  scroller.scrollTop = 0;
  const times: number[] = [];
  let mostRows = 0;
  let before = await nextFrame();
  for (let i = 0; i < frames; i++) {
    scroller.scrollTop += step;
    const now = await nextFrame();
    times.push(now - before);
    before = now;
    mostRows = Math.max(mostRows, scroller.querySelectorAll('tr[aria-rowindex]').length);
  }
  return { times, mostRows };
}
