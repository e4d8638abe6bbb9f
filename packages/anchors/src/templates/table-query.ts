import type { Random } from '../random.js';
import { numericItem, type Level, type Template } from '../template.js';

interface Row {
  station: string;
  region: string;
  opened: number;
  staff: number;
  visitors: number;
  rating: number;
}
const STATIONS = [
  'Birchfield',
  'Copperhill',
  'Dunmore',
  'Eastgate',
  'Foxton',
  'Greyrock',
  'Hazelby',
  'Ironbridge',
  'Juniper',
  'Kestrel',
  'Larkspur',
  'Millbrook',
  'Northway',
  'Oakham',
];
const REGIONS = ['coast', 'hills', 'plain'];
const SIZES = { 1: 4, 2: 6, 3: 8, 4: 11, 5: 14 } as const;

export function markdownTable(header: string[], rows: (string | number)[][]): string {
  const line = (cells: (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

function query(
  level: Level,
  rows: Row[],
  random: Random,
): { ask: string; value: number; slips: number[] } | null {
  const sum = (own: Row[], key: 'staff' | 'visitors'): number =>
    own.reduce((total, row) => total + row[key], 0);
  const region = random.pick(REGIONS);
  const year = random.int(1985, 2005);
  const inRegion = rows.filter((row) => row.region === region);
  switch (level) {
    case 1: {
      const row = random.pick(rows);
      return {
        ask: `How many visitors did ${row.station} have?`,
        value: row.visitors,
        slips: [row.staff, (rows.find((other) => other !== row) as Row).visitors],
      };
    }
    case 2:
      return {
        ask: `How many visitors did all stations on the ${region} (region "${region}") have together?`,
        value: sum(inRegion, 'visitors'),
        slips: [sum(rows, 'visitors'), sum(inRegion, 'staff')],
      };
    case 3: {
      const late = rows.filter((row) => row.opened > year);
      if (late.length < 2) return null;
      return {
        ask: `Among the stations opened after ${year}, what is the total staff of those with a rating of at least 3.5?`,
        value: sum(
          late.filter((row) => row.rating >= 3.5),
          'staff',
        ),
        slips: [
          sum(late, 'staff'),
          sum(
            rows.filter((row) => row.rating >= 3.5),
            'staff',
          ),
        ],
      };
    }
    case 4: {
      const other = random.pick(REGIONS.filter((name) => name !== region));
      const busiest = (own: Row[]): number => Math.max(...own.map((row) => row.visitors));
      const rest = rows.filter((row) => row.region === other);
      if (inRegion.length < 2 || rest.length < 2) return null;
      const value = busiest(inRegion) - Math.min(...rest.map((row) => row.visitors));
      return {
        ask: `Subtract the lowest number of visitors in the region "${other}" from the highest one in the region "${region}". What do you get?`,
        value,
        slips: [
          -value,
          busiest(inRegion) - busiest(rest),
          busiest(rows) - Math.min(...rows.map((row) => row.visitors)),
        ],
      };
    }
    case 5: {
      const perStaff = (row: Row): number => row.visitors / row.staff;
      const kept = rows.filter((row) => row.opened <= year || row.rating > 4);
      if (kept.length < 4) return null;
      const ranked = [...kept].sort((a, b) => perStaff(b) - perStaff(a));
      const chosen = ranked.slice(0, 3);
      return {
        ask: `Consider only the stations that were opened in ${year} or earlier or have a rating above 4.0. Of these, take the three with the most visitors per staff member. What is the sum of their visitors minus 10 times the sum of their staff?`,
        value: sum(chosen, 'visitors') - 10 * sum(chosen, 'staff'),
        slips: [
          sum(chosen, 'visitors'),
          sum(ranked.slice(-3), 'visitors') - 10 * sum(ranked.slice(-3), 'staff'),
          sum([...kept].sort((a, b) => b.visitors - a.visitors).slice(0, 2), 'visitors'),
        ],
      };
    }
  }
}

export const tableQuery: Template = {
  family: 'table-query',
  domain: 'tables',
  perLevel: 2,
  draw(level, random) {
    for (;;) {
      const rows = random.sample(STATIONS, SIZES[level]).map((station): Row => ({
        station,
        region: random.pick(REGIONS),
        opened: random.int(1975, 2020),
        staff: random.int(3, 48),
        visitors: random.int(120, 9800),
        rating: random.int(20, 49) / 10,
      }));
      const found = query(level, rows, random);
      if (!found || found.value === 0) continue;
      const asCsv = random.chance(0.3);
      const header = ['Station', 'Region', 'Opened', 'Staff', 'Visitors', 'Rating'];
      const cells = rows.map((row) => [
        row.station,
        row.region,
        row.opened,
        row.staff,
        row.visitors,
        row.rating.toFixed(1),
      ]);
      const table = asCsv
        ? [header, ...cells].map((line) => line.join(',')).join('\n')
        : markdownTable(header, cells);
      return numericItem(random, {
        question: `${table}\n\n${found.ask}`,
        level,
        value: found.value,
        slips: found.slips,
        effort: rows.length * level * 2,
      });
    }
  },
};
