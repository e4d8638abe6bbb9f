import type { ColourBy, MapPoint } from './map-points.js';

/** Told apart on light and dark, also by most who see few colours (after Okabe and Ito). */
const CATEGORIES = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#b8860b', '#56b4e9', '#8a63d2'];
const OTHERS = 'var(--zr-muted)';

export interface Colouring {
  colourOf: (point: MapPoint) => string;
  legend: { name: string; colour: string }[];
}

/** By difficulty on a scale from blue to orange, else by the most frequent names. */
export function colourPoints(points: readonly MapPoint[], by: ColourBy): Colouring {
  if (by === 'difficulty') return byDifficulty(points);
  const nameOf = (point: MapPoint) => (by === 'domain' ? point.domain : point.best);
  const counts = new Map<string, number>();
  for (const point of points) {
    const name = nameOf(point);
    if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const names = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([n]) => n);
  const colours = new Map(names.slice(0, CATEGORIES.length).map((n, i) => [n, CATEGORIES[i]!]));
  const legend = [...colours].map(([name, colour]) => ({ name, colour }));
  const rest = by === 'domain' ? 'queries and other domains' : 'other models';
  return {
    colourOf: (point) => colours.get(nameOf(point) ?? '') ?? OTHERS,
    legend:
      by === 'domain' || names.length > CATEGORIES.length
        ? [...legend, { name: rest, colour: OTHERS }]
        : legend,
  };
}

/** From the 5th to the 95th percentile, so that one odd point does not grey all others. */
function byDifficulty(points: readonly MapPoint[]): Colouring {
  const sorted = points.map(({ difficulty }) => difficulty).sort((a, b) => a - b);
  const low = sorted[Math.floor(sorted.length * 0.05)] ?? 0;
  const high = sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 1;
  return {
    colourOf: ({ difficulty }) => ramp((difficulty - low) / (high - low || 1)),
    legend: [
      { name: 'easy', colour: ramp(0) },
      { name: 'middling', colour: ramp(0.5) },
      { name: 'hard', colour: ramp(1) },
    ],
  };
}

/** Blue over grey to orange: readable without telling red from green. @param share clamped to [0, 1]. */
function ramp(share: number): string {
  const t = Math.min(1, Math.max(0, share));
  const [from, to] = t < 0.5 ? ['#1f78c8', '#98a2ad'] : ['#98a2ad', '#d9620b'];
  return `color-mix(in srgb, ${to} ${Math.round((t < 0.5 ? t : t - 0.5) * 200)}%, ${from})`;
}
