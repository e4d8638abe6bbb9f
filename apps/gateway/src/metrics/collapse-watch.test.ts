import { describe, expect, it } from '@jest/globals';
import { CollapseWatch } from './collapse-watch.js';

const SETTINGS = { window: 100, fewest: 20, share: 0.95 };

function watchOf(...choices: [model: string, count: number, dearest: boolean][]): CollapseWatch {
  const watch = new CollapseWatch(SETTINGS);
  for (const [model, count, dearest] of choices)
    for (let i = 0; i < count; i++) watch.add({ model, dearest });
  return watch;
}

describe('CollapseWatch', () => {
  it('says nothing of no decisions', () => {
    expect(watchOf().state).toEqual({
      decisions: 0,
      topShare: 0,
      topModel: null,
      dearestShare: 0,
      entropyBits: 0,
      collapsed: false,
    });
  });

  it('measures shares, and entropy in bits', () => {
    const { state } = watchOf(['a', 40, true], ['b', 20, false], ['c', 20, false]);
    expect(state).toMatchObject({ decisions: 80, topShare: 0.5, topModel: 'a', dearestShare: 0.5 });
    expect(state.entropyBits).toBeCloseTo(1.5, 12);
    expect(state.collapsed).toBe(false);
  });

  it('sees one model that is always taken, once there are decisions enough', () => {
    expect(watchOf(['a', 19, false]).state.collapsed).toBe(false);
    expect(watchOf(['a', 20, false]).state).toMatchObject({ collapsed: true, entropyBits: 0 });
    expect(watchOf(['a', 94, false], ['b', 6, false]).state.collapsed).toBe(false);
    expect(watchOf(['a', 95, false], ['b', 5, false]).state.collapsed).toBe(true);
  });

  it('sees the dearest model taken each time, whichever that is', () => {
    const { state } = watchOf(['a', 50, true], ['b', 50, true]);
    expect(state).toMatchObject({ topShare: 0.5, dearestShare: 1, collapsed: true });
  });

  it('forgets what has left the window', () => {
    const { state } = watchOf(['a', 500, true], ['b', 50, false], ['c', 50, false]);
    expect(state).toMatchObject({ decisions: 100, topShare: 0.5, dearestShare: 0, entropyBits: 1 });
    expect(state.collapsed).toBe(false);
  });
});
