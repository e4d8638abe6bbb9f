import { jsonFormat } from '../answer-format.js';
import type { Template } from '../template.js';

const SERVICES = ['billing', 'search', 'mailer', 'images', 'login'];
const SIZES = { 1: 1, 2: 4, 3: 8, 4: 12, 5: 20 } as const;

interface Entry {
  second: number;
  service: string;
  level: 'INFO' | 'WARN' | 'ERROR';
  ms: number;
  request: string;
}

const clock = (second: number): string =>
  `${String(8 + Math.floor(second / 3600)).padStart(2, '0')}:${String(Math.floor(second / 60) % 60).padStart(2, '0')}:${String(second % 60).padStart(2, '0')}`;

export const logReport: Template = {
  family: 'log-report',
  domain: 'data-extraction',
  perLevel: 2,
  draw(level, random) {
    let second = random.int(0, 1800);
    const services = random.sample(SERVICES, level < 4 ? 3 : 4);
    const entries = Array.from({ length: SIZES[level] }, (_, i): Entry => {
      second += random.int(1, 40);
      return {
        second,
        service: i < services.length ? (services[i] as string) : random.pick(services),
        level: random.pick(['INFO', 'INFO', 'WARN', 'ERROR']),
        ms: random.int(4, 950),
        request: `r${random.int(100, 999)}`,
      };
    });
    const lines = entries.map(
      (entry) =>
        `${clock(entry.second)} [${entry.level}] ${entry.service}: request ${entry.request} took ${entry.ms} ms`,
    );
    const of = (service: string): Entry[] => entries.filter((entry) => entry.service === service);
    const names = [...new Set(entries.map(({ service }) => service))].sort();
    const slowest = entries.reduce((a, b) => (b.ms > a.ms ? b : a));
    const [first, last] = [entries[0] as Entry, entries.at(-1) as Entry];
    const byService = <Value>(make: (own: Entry[]) => Value): Record<string, Value> =>
      Object.fromEntries(names.map((name) => [name, make(of(name))]));
    const sum = (own: Entry[]): number => own.reduce((total, { ms }) => total + ms, 0);
    const tasks = {
      1: {
        ask: 'an object with the keys "time" (HH:MM:SS), "level", "service", "request" and "ms" (number) for this log line',
        value: {
          time: clock(first.second),
          level: first.level,
          service: first.service,
          request: first.request,
          ms: first.ms,
        },
      },
      2: {
        ask: 'an object with the keys "errors" (number of ERROR lines), "slowest_request" (id) and "total_ms" (sum over all lines)',
        value: {
          errors: entries.filter((entry) => entry.level === 'ERROR').length,
          slowest_request: slowest.request,
          total_ms: sum(entries),
        },
      },
      3: {
        ask: 'an object that maps each service to an object with "lines" (number of its lines) and "max_ms" (its longest duration)',
        value: byService((own) => ({
          lines: own.length,
          max_ms: Math.max(...own.map(({ ms }) => ms)),
        })),
      },
      4: {
        ask: 'an object that maps each service to an object with "errors" (number of its ERROR lines), "total_ms" (sum of its durations, WARN lines left out) and "last" (time of its last line, HH:MM:SS)',
        value: byService((own) => ({
          errors: own.filter((entry) => entry.level === 'ERROR').length,
          total_ms: sum(own.filter((entry) => entry.level !== 'WARN')),
          last: clock((own.at(-1) as Entry).second),
        })),
      },
      5: {
        ask: 'an object with the keys "span_s" (seconds from the first line to the last), "services" (the names of the services ordered by the sum of their durations, largest first), "streak" (the largest number of consecutive lines without an ERROR) and "slow" (ids of the requests above 500 ms, in reverse order of time)',
        value: {
          span_s: last.second - first.second,
          services: [...names].sort((a, b) => sum(of(b)) - sum(of(a))),
          streak: Math.max(
            ...entries
              .map((entry) => entry.level)
              .join(' ')
              .split('ERROR')
              .map((run) => run.split(' ').filter(Boolean).length),
          ),
          slow: entries
            .filter(({ ms }) => ms > 500)
            .map(({ request }) => request)
            .reverse(),
        },
      },
    };
    const { ask, value } = tasks[level];
    const text = JSON.stringify(value);
    const change = (pattern: RegExp): string =>
      text.replace(pattern, (number) => String(Number(number) + 1));
    return {
      text: `Return ${ask}.\n\n${lines.join('\n')}\n\n${jsonFormat(random)}`,
      grader: { kind: 'json', value: JSON.parse(text) as Record<string, never> },
      referenceAnswer: JSON.stringify(value, null, 2),
      effort: lines.length * 3 + level,
      wrongAnswers: [
        change(/(?<=[:,[])\d+(?=[,}\]])/),
        `[${text}]`,
        text.replace(/^\{"(\w+)"/, '{"$1s"'),
        text.replace(/"[^"]+"(?=[,}\]])/, '"x"'),
      ].filter((wrong) => wrong !== text),
    };
  },
};
