import { readdirSync, readFileSync } from 'node:fs';
import { clearInterval, setInterval } from 'node:timers';

const EVERY_MS = 2_000;

/**
 * Watches the resident memory of processes (Linux). The children of each, by the sum of them, are a
 * line of their own.
 * @param pids process id by name, asked for anew each time: a process may be started again.
 */
export function watchMemory(pids) {
  const start = performance.now();
  const series = new Map();
  const look = () => {
    const minutes = (performance.now() - start) / 60_000;
    for (const [name, pid] of Object.entries(pids())) {
      if (pid === undefined) continue;
      note(name, minutes, residentMiB(pid));
      const children = childrenOf(pid);
      if (children.length > 0)
        note(
          `${name}, children`,
          minutes,
          children.map(residentMiB).reduce((a, b) => a + b, 0),
        );
    }
  };
  const note = (name, minutes, mib) => {
    if (!series.has(name)) series.set(name, []);
    series.get(name).push({ minutes, mib });
  };
  look();
  const timer = setInterval(look, EVERY_MS);
  return {
    /**
     * MiB: the first, the most, the medians of the first and the last quarter of the time, and the slope a
     * minute of the line through the later half.
     */
    stop() {
      clearInterval(timer);
      return [...series].map(([name, points]) => ({
        name,
        first: points[0].mib,
        most: Math.max(...points.map(({ mib }) => mib)),
        firstQuarter: median(points.slice(0, Math.ceil(points.length / 4))),
        lastQuarter: median(points.slice(-Math.ceil(points.length / 4))),
        slope: slope(points.slice(Math.floor(points.length / 2))),
      }));
    },
  };
}

function residentMiB(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0; // It has ended.
  }
}

function childrenOf(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
    );
  } catch {
    return [];
  }
}

function median(points) {
  const sorted = points.map(({ mib }) => mib).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function slope(points) {
  const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
  const x = mean(points.map(({ minutes }) => minutes));
  const y = mean(points.map(({ mib }) => mib));
  const xx = points.reduce((sum, { minutes }) => sum + (minutes - x) ** 2, 0);
  const xy = points.reduce((sum, { minutes, mib }) => sum + (minutes - x) * (mib - y), 0);
  return xx === 0 ? 0 : xy / xx;
}
