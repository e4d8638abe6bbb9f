import type { Random } from '../random.js';
import type { DrawnItem, Level, Template } from '../template.js';
import { codeItem } from './code-item.js';

const numbers = (random: Random, length: number, low: number, high: number): number[] =>
  Array.from({ length }, () => random.int(low, high));

/** All subsequences, for expectations by brute force. */
const subsets = (values: readonly number[]): number[][] =>
  values.reduce<number[][]>(
    (all, value) => [...all, ...all.map((subset) => [...subset, value])],
    [[]],
  );

function countPairs(random: Random): DrawnItem {
  const k = random.int(3, 7);
  return codeItem(random, {
    task: `A function receives a list of integers and returns the number of pairs of positions i < j whose numbers add up to a multiple of ${k}.`,
    functionName: 'countPairs',
    parameters: 'numbers',
    solution: `function countPairs(numbers) {\n  let count = 0;\n  for (let i = 0; i < numbers.length; i++)\n    for (let j = i + 1; j < numbers.length; j++)\n      if ((numbers[i] + numbers[j]) % ${k} === 0) count++;\n  return count;\n}`,
    slips: [
      `function countPairs(numbers) {\n  let count = 0;\n  for (const a of numbers) for (const b of numbers) if ((a + b) % ${k} === 0) count++;\n  return count;\n}`,
      `function countPairs(numbers) {\n  let count = 0;\n  for (let i = 1; i < numbers.length; i++) if ((numbers[i] + numbers[i - 1]) % ${k} === 0) count++;\n  return count;\n}`,
    ],
    inputs: [
      [1, k - 1, k, 2 * k, 3],
      [],
      [5],
      numbers(random, 12, -20, 20),
      numbers(random, 15, 0, 9),
      numbers(random, 8, -9, 0),
    ].map((list): [number[]] => [list]),
    expected: (list) =>
      list.flatMap((a, i) => list.slice(i + 1).filter((b) => Math.abs(a + b) % k === 0)).length,
    effort: 5,
  });
}

function mergeIntervals(random: Random): DrawnItem {
  const gap = random.int(1, 3);
  const intervals = (count: number): [number, number][] =>
    Array.from({ length: count }, () => {
      const start = random.int(0, 60);
      return [start, start + random.int(0, 8)];
    });
  const write = (condition: string): string =>
    `function merge(intervals) {\n  const out = [];\n  for (const [a, b] of [...intervals].sort((x, y) => x[0] - y[0])) {\n    const last = out[out.length - 1];\n    if (last && ${condition}) last[1] = Math.max(last[1], b);\n    else out.push([a, b]);\n  }\n  return out;\n}`;
  return codeItem(random, {
    task: `A function receives a list of intervals [start, end] of integers (start ≤ end, in any order). Intervals that overlap, touch, or lie at most ${gap} apart (the start of the one minus the end of the other is at most ${gap}) are merged into one, repeatedly. Return the merged intervals sorted by start.`,
    functionName: 'merge',
    parameters: 'intervals',
    solution: write(`a - last[1] <= ${gap}`),
    slips: [
      write(`a - last[1] < ${gap}`),
      write('a <= last[1]'),
      write(`a - last[1] <= ${gap}`).replace('Math.max(last[1], b)', 'b'),
    ],
    inputs: [
      [
        [5, 8],
        [1, 2],
        [2 + gap, 4],
      ],
      [],
      [
        [0, 9],
        [2, 3],
        [9 + gap + 1, 20],
        [20 + gap, 21 + gap],
      ],
      intervals(8),
      intervals(12),
      intervals(20),
    ].map((list): [number[][]] => [list]),
    expected: (list) => {
      const blocks = list.map(([a = 0, b = 0]): [number, number] => [a, b]);
      for (;;) {
        const near = ([a, b]: [number, number], [c, d]: [number, number]): boolean =>
          Math.max(a, c) - Math.min(b, d) <= gap;
        const at = blocks.findIndex((block, i) =>
          blocks.slice(i + 1).some((other) => near(block, other)),
        );
        if (at < 0) return blocks.sort(([a], [c]) => a - c);
        const [[a, b]] = blocks.splice(at, 1) as [[number, number]];
        const other = blocks.findIndex((block, i) => i >= at && near([a, b], block));
        const [c, d] = blocks[other] as [number, number];
        blocks[other] = [Math.min(a, c), Math.max(b, d)];
      }
    },
    effort: 12,
  });
}

function gappedSubsequence(random: Random): DrawnItem {
  const gap = random.int(2, 5);
  const write = (condition: string): string =>
    `function longest(numbers) {\n  const best = numbers.map(() => 1);\n  for (let i = 0; i < numbers.length; i++)\n    for (let j = 0; j < i; j++)\n      if (${condition}) best[i] = Math.max(best[i], best[j] + 1);\n  return Math.max(0, ...best);\n}`;
  return codeItem(random, {
    task: `A function receives a list of integers and returns the length of its longest subsequence (elements in their original order, not necessarily adjacent) in which every element exceeds the one before it by at least ${gap}.`,
    functionName: 'longest',
    parameters: 'numbers',
    solution: write(`numbers[i] - numbers[j] >= ${gap}`),
    slips: [
      write('numbers[i] > numbers[j]'),
      write(`numbers[i] - numbers[j] > ${gap}`),
      write(`j === i - 1 && numbers[i] - numbers[j] >= ${gap}`),
    ],
    inputs: [
      [4, 1, 2 + gap, 3, 4 + gap, 2, 4 + 2 * gap],
      [0, 1],
      [],
      [7],
      [0, gap, 2 * gap, 3 * gap, 1],
      numbers(random, 11, 0, 20),
      numbers(random, 12, -10, 30),
      numbers(random, 10, 0, 9),
    ].map((list): [number[]] => [list]),
    expected: (list) =>
      Math.max(
        ...subsets(list)
          .filter((subset) =>
            subset.every((x, i) => i === 0 || x - (subset[i - 1] as number) >= gap),
          )
          .map((subset) => subset.length),
      ),
    effort: 20,
  });
}

function limitedCoins(random: Random): DrawnItem {
  const most = random.int(2, 3);
  const fee = random.int(2, 4);
  const cost = (coins: number[], counts: number[], amount: number, i = 0): number => {
    if (amount === 0) return 0;
    if (i === coins.length || amount < 0) return Infinity;
    let best = Infinity;
    for (let n = 0; n <= (counts[i] as number); n++) {
      const rest = cost(coins, counts, amount - n * (coins[i] as number), i + 1);
      best = Math.min(best, rest + n + (n > most ? fee : 0));
    }
    return best;
  };
  const write = (limit: string, extra: string): string =>
    `function pay(coins, counts, amount) {\n  let best = new Array(amount + 1).fill(Infinity);\n  best[0] = 0;\n  coins.forEach((coin, i) => {\n    const next = new Array(amount + 1).fill(Infinity);\n    for (let a = 0; a <= amount; a++)\n      for (let n = 0; n <= ${limit} && n * coin <= a; n++)\n        next[a] = Math.min(next[a], best[a - n * coin] + n + ${extra});\n    best = next;\n  });\n  return best[amount] === Infinity ? -1 : best[amount];\n}`;
  const purse = (size: number, amount: number): [number[], number[], number] => {
    const coins = random.sample([1, 2, 3, 5, 7, 8, 11, 13], size);
    return [coins, coins.map(() => random.int(1, 5)), amount];
  };
  return codeItem(random, {
    task: `A function receives coin values, how many coins of each value there are, and an amount. It returns the lowest cost of paying the amount exactly, or -1 if that is impossible. Every coin used costs 1; on top of that, each value of which more than ${most} coins are used costs ${fee} extra.`,
    functionName: 'pay',
    parameters: 'coins, counts, amount',
    solution: write('counts[i]', `(n > ${most} ? ${fee} : 0)`),
    slips: [
      write('counts[i]', '0'),
      write('amount', `(n > ${most} ? ${fee} : 0)`),
      write('counts[i]', `(n >= ${most} ? ${fee} : 0)`),
    ],
    inputs: [
      [[1, 5], [most + 2, 2], 5 + most + 1],
      [[2], [3], 3],
      [[4], [9], 0],
      [[1], [most + 2], most + 2],
      [[3], [most], 3 * most],
      [[5], [1], 10],
      ...Array.from({ length: 6 }, () => purse(4, random.int(10, 40))),
    ] as [number[], number[], number][],
    expected: (coins, counts, amount) => {
      const least = cost(coins, counts, amount);
      return Number.isFinite(least) ? least : -1;
    },
    effort: 32,
  });
}

function restedJobs(random: Random): DrawnItem {
  const [rest, most] = [random.int(1, 4), random.int(2, 3)];
  type Job = [start: number, end: number, pay: number];
  const jobs = (count: number): Job[] =>
    Array.from({ length: count }, () => {
      const start = random.int(0, 30);
      return [start, start + random.int(1, 8), random.int(1, 20)];
    });
  const write = (pause: string, cap: string): string =>
    `function earn(jobs) {\n  const sorted = [...jobs].sort((a, b) => a[0] - b[0]);\n  const memo = new Map();\n  const best = (i, free, used, since) => {\n    if (i === sorted.length) return 0;\n    const key = [i, free, used].join();\n    if (memo.has(key)) return memo.get(key);\n    const [start, end, pay] = sorted[i];\n    let value = best(i + 1, free, used);\n    if (start >= free) {\n      const run = start > free || used === 0 ? 1 : used + 1;\n      if (run < ${cap}) value = Math.max(value, pay + best(i + 1, end, run));\n      else if (run === ${cap}) value = Math.max(value, pay + best(i + 1, ${pause}, 0));\n    }\n    memo.set(key, value);\n    return value;\n  };\n  return best(0, 0, 0);\n}`;
  const schedule = (list: readonly Job[]): boolean => {
    const order = [...list].sort((a, b) => a[0] - b[0]);
    let run = 0;
    return order.every(([start], i) => {
      const before = order[i - 1];
      if (!before) {
        run = 1;
        return true;
      }
      if (start < before[1]) return false;
      // After a full run of back-to-back jobs the worker rests, whatever comes next.
      if (run === most) {
        run = 1;
        return start >= before[1] + rest;
      }
      run = start === before[1] ? run + 1 : 1;
      return true;
    });
  };
  return codeItem(random, {
    task: `A worker chooses among jobs [start, end, pay] (integers, start < end). Chosen jobs must not overlap; a job may start at the very time at which the one before it ends, and such jobs are back to back. After ${most} jobs done back to back, the worker must rest: the next job, if any, starts at least ${rest} after the end of the last one, and the count of back-to-back jobs begins anew. (A job that starts later than the end of the one before it begins a new count, too.) The function returns the highest total pay.`,
    functionName: 'earn',
    parameters: 'jobs',
    solution: write(`end + ${rest}`, String(most)),
    slips: [
      write('end', String(most)),
      write(`end + ${rest}`, '99'),
      write(`end + ${rest + 1}`, String(most)),
    ],
    inputs: [
      [
        [0, 2, 5],
        [2, 4, 5],
        [4, 6, 5],
        [6, 7, 4],
        [7, 8, 9],
      ],
      [],
      [[3, 4, 7]],
      [...Array.from({ length: 6 }, (_, i): Job => [i * 2, i * 2 + 2, 3 + ((i * 5) % 7)])],
      [
        ...Array.from({ length: most }, (_, i): Job => [i, i + 1, 4]),
        [most + rest, most + rest + 1, 9],
        [most, most + 1, 1],
      ],
      jobs(8),
      jobs(10),
      jobs(11),
      jobs(12),
    ].map((list): [Job[]] => [list as Job[]]),
    expected: (list) => {
      let best = 0;
      for (let bits = 0; bits < 2 ** list.length; bits++) {
        const chosen = list.filter((_, i) => (bits >> i) & 1);
        const pay = chosen.reduce((sum, job) => sum + job[2], 0);
        if (pay > best && schedule(chosen)) best = pay;
      }
      return best;
    },
    effort: 55,
  });
}

const MAKERS: Record<Level, (random: Random) => DrawnItem> = {
  1: countPairs,
  2: mergeIntervals,
  3: gappedSubsequence,
  4: limitedCoins,
  5: restedJobs,
};

export const codeSearch: Template = {
  family: 'code-search',
  domain: 'code-writing',
  perLevel: 1,
  draw: (level, random) => MAKERS[level](random),
};
