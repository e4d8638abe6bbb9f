import type { SeriesStyle } from '@zerorouter/report-page';
import { familyOf, METHOD_FAMILIES, OURS } from '../../baselines/methods.js';

const STYLES: Readonly<Record<string, SeriesStyle>> = {
  [OURS]: { title: 'ZeroRouter', color: 'var(--ours)', dash: '' },
  adaptive: { title: 'adaptive', color: 'var(--ours)', dash: '' },
  'log-det': { title: 'log-det', color: 'var(--teal)', dash: '' },
  stratified: { title: 'stratified', color: 'var(--violet)', dash: '' },
  random: { title: 'random', color: 'var(--amber)', dash: '' },
  'model-mean': { title: 'model mean', color: 'var(--grey)', dash: '2,3' },
  knn: { title: 'kNN', color: 'var(--teal)', dash: '4,3' },
  uniroute: { title: 'UniRoute', color: 'var(--violet)', dash: '4,3' },
  'shared-difficulty': { title: 'shared difficulty + offset', color: 'var(--amber)', dash: '4,3' },
  'logistic-head': { title: 'logistic head', color: 'var(--rose)', dash: '4,3' },
  'paper-preset': { title: 'paper preset', color: 'var(--green)', dash: '6,2' },
};

/** The style of a design, a method under any setting, or a family of methods. */
export function styleOf(series: string): SeriesStyle {
  const family = familyOf(series)?.name ?? series;
  return (
    STYLES[family] ?? {
      title: METHOD_FAMILIES.find(({ name }) => name === family)?.title ?? series,
      color: 'var(--grey)',
      dash: '4,3',
    }
  );
}

/** A method with its setting: `knn-50` → "kNN, k = 50". */
export function methodTitle(method: string): string {
  const family = familyOf(method);
  if (family === null) return styleOf(method).title;
  const setting = /-(\d+)/.exec(method)?.[1];
  if (setting === undefined) return family.title;
  return `${family.title}, ${family.name.startsWith('uniroute') ? 'K' : 'k'} = ${setting}`;
}
