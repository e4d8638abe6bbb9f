import { numericItem, type Template } from '../template.js';
import { permutations } from './puzzle-clues.js';

const SIZES = { 1: 3, 2: 5, 3: 8, 4: 12, 5: 7 } as const;

interface Task {
  name: string;
  days: number;
  after: number[];
}

/** Days until everything is done when any number of tasks can run side by side. */
export function criticalPath(tasks: readonly Task[]): number {
  const finish: number[] = [];
  for (const { days, after } of tasks)
    finish.push(days + Math.max(0, ...after.map((i) => finish[i] as number)));
  return Math.max(...finish);
}

/**
 * Fewest days with two workers, one task each at a time, no task interrupted. For each order in which
 * tasks may start, each goes to the worker who is free first; one of these lists gives an optimal plan.
 */
export function twoWorkers(tasks: readonly Task[]): number {
  let best = Infinity;
  for (const order of permutations(tasks.length)) {
    const finish = new Array<number>(tasks.length).fill(-1);
    const free = [0, 0];
    let ready = true;
    for (const i of order) {
      const { days, after } = tasks[i] as Task;
      if (after.some((j) => (finish[j] as number) < 0)) {
        ready = false;
        break;
      }
      const worker = (free[0] as number) <= (free[1] as number) ? 0 : 1;
      const start = Math.max(free[worker] as number, ...after.map((j) => finish[j] as number));
      finish[i] = start + days;
      free[worker] = start + days;
    }
    if (ready) best = Math.min(best, Math.max(...finish));
  }
  return best;
}

export const taskSchedule: Template = {
  family: 'task-schedule',
  domain: 'planning',
  perLevel: 2,
  draw(level, random) {
    const tasks: Task[] = Array.from({ length: SIZES[level] }, (_, i) => ({
      name: String.fromCharCode(65 + i),
      days: random.int(1, 9),
      after:
        i === 0
          ? []
          : random
              .sample(
                Array.from({ length: i }, (__, j) => j),
                random.int(i < 2 ? 1 : 0, Math.min(i, 2)),
              )
              .sort((a, b) => a - b),
    }));
    const limited = level === 5;
    const value = limited ? twoWorkers(tasks) : criticalPath(tasks);
    const list = tasks.map(({ name, days, after }) => {
      const condition =
        after.length === 0
          ? 'can start at once'
          : `only after ${after.map((i) => tasks[i]?.name).join(' and ')}`;
      return `${name}: ${days} day${days > 1 ? 's' : ''}, ${condition}`;
    });
    const total = tasks.reduce((sum, { days }) => sum + days, 0);
    const hands = limited
      ? 'Two workers share the tasks. Each works on one task at a time, each task is done by one worker without interruption.'
      : 'Any number of tasks can be worked on at the same time.';
    return numericItem(random, {
      question: `A project has these tasks:\n\n${list.join('\n')}\n\n${hands} What is the smallest number of days in which all of it can be done?`,
      level,
      value,
      unit: 'day',
      slips: [
        total === value ? total + 3 : total,
        limited ? criticalPath(tasks) - 1 : value + 1,
        value - 1,
      ],
      effort: tasks.reduce((sum, { after }) => sum + 2 + after.length, 0) * (limited ? 4 : 1),
      what: 'the number of days',
    });
  },
};
