import type { BankItem, SpaceAbilities, SpaceLinkRecord } from '@zerorouter/contracts';
import type {
  LatentLayout,
  NetworkParameters,
  NetworkShape,
  SpaceLink,
} from '@zerorouter/latent-space';
import {
  dimensionsOf,
  linkAbility,
  linkItem,
  linkNetwork,
  linkSpaces,
} from '@zerorouter/latent-space';
import { BadInputError } from '@zerorouter/data-set';
import type { SpaceFolder } from '../space/space-folder.js';
import { readSpaceFolder } from '../space/space-folder.js';

/** An earlier version that a new one is to be linked to. */
export interface PreviousSpace {
  readonly path: string;
  readonly space: SpaceFolder;
  /** The new version has to have it too: other dimensions mean other things. */
  readonly layout: LatentLayout;
}

/** Everything of a space that stands in its coordinates. */
export interface SpaceParts {
  items: BankItem[];
  subjects: SpaceAbilities['subjects'];
  readonly shape: NetworkShape;
  members: readonly NetworkParameters[];
}

/**
 * @param dimensions asked of the new version; `auto` takes the earlier one's.
 * @throws BadInputError when the folder is no latent space, does not say how it is laid out, or has
 *   another layout than the one that was asked for.
 */
export function readPreviousSpace(
  path: string,
  { dimensions, preset }: { dimensions: number | 'auto'; preset?: 'paper' },
): PreviousSpace {
  const space = readSpaceFolder(path);
  const layout = readLayout(space.manifest.provenance['layout']);
  if (layout === null || dimensionsOf(layout) !== space.manifest.dimensions)
    throw new BadInputError(
      path,
      null,
      'does not say which of its dimensions are general and which facets; calibrate it again, or leave out --link',
    );
  const vector = layout.vectorDifficulty === true;
  if (
    vector !== (preset === 'paper') ||
    (!vector && dimensions !== 'auto' && dimensions !== dimensionsOf(layout))
  )
    throw new BadInputError(
      path,
      null,
      vector
        ? 'has the layout of --preset paper: give it, or leave out --link'
        : `has ${dimensionsOf(layout)} dimensions, one general and the others facets: give --dimensions ${dimensionsOf(layout)} or auto without --preset, or leave out --link`,
    );
  return { path, space, layout };
}

/**
 * Brings a new space to the coordinates of an earlier one, by the subjects of the same name and the
 * items of the same text. No prediction changes: abilities, item bank and the networks' output layers
 * move together.
 *
 * @throws BadInputError when the spaces have fewer than two subjects and two items in common.
 */
export function linkToPrevious(
  previous: PreviousSpace,
  parts: SpaceParts,
): { parts: SpaceParts; record: SpaceLinkRecord } {
  const { layout, space } = previous;
  const subjects = pairs(space.subjects, parts.subjects, ({ model }) => model);
  const items = pairs(space.items, parts.items, ({ hash }) => hash).filter((pair) =>
    pair.every(({ discrimination }) =>
      discrimination.slice(0, layout.general).every((value) => value > 0),
    ),
  );
  if (subjects.length < 2 && items.length < 2)
    throw new BadInputError(
      previous.path,
      null,
      `cannot be linked to: it has ${subjects.length} subjects and ${items.length} queries in common with the data, at least two of either are needed`,
    );
  const side = (at: 0 | 1) => ({
    discrimination: items.flatMap((pair) => pair[at].discrimination),
    difficulty: items.map((pair) => pair[at].difficulty),
  });
  const abilities = (at: 0 | 1) => subjects.flatMap((pair) => pair[at].ability.mean);
  const link = linkSpaces(layout, {
    abilities: { old: abilities(0), new: abilities(1) },
    ...(items.length < 2 ? {} : { items: { old: side(0), new: side(1) } }),
  });
  return {
    parts: {
      shape: parts.shape,
      members: parts.members.map((member) => linkNetwork(link, parts.shape, member)),
      items: parts.items.map((item) => ({ ...item, ...rounded(linkItem(link, item)) })),
      subjects: parts.subjects.map((subject) => ({
        ...subject,
        ability: linkAbility(link, subject.ability),
      })),
    },
    record: recordOf(link, space.manifest.version, subjects),
  };
}

/** Six decimals: the four that the bank knows survive the change of coordinates. */
function rounded(item: ReturnType<typeof linkItem>): ReturnType<typeof linkItem> {
  const round = (value: number) => Number(value.toFixed(6));
  return {
    discrimination: item.discrimination.map(round),
    difficulty: round(item.difficulty),
    difficultyVariance: item.difficultyVariance,
  };
}

type Subject = SpaceAbilities['subjects'][number];

function recordOf(
  link: SpaceLink,
  previousVersion: string,
  subjects: readonly (readonly [Subject, Subject])[],
): SpaceLinkRecord {
  const { layout, permutation, slope, rotation, facetScale, intercept } = link;
  const offsets = subjects.flatMap(([old, young]) =>
    old.length === null || young.length === null ? [] : [old.length.offset - young.length.offset],
  );
  const shift = offsets.reduce((sum, value) => sum + value, 0) / offsets.length;
  const squares = offsets.reduce((sum, value) => sum + (value - shift) ** 2, 0);
  return {
    previousVersion,
    subjects: link.subjects,
    items: link.items,
    permutation: [...permutation],
    rotation: [...rotation],
    scale: [...slope, ...new Array<number>(layout.facets).fill(facetScale)],
    shift: [...intercept],
    offset: [...link.offset],
    residual: [...link.residual],
    correlation: [...link.correlation],
    length: offsets.length === 0 ? null : { shift, deviation: Math.sqrt(squares / offsets.length) },
  };
}

/** What both lists have under the same key, in the order of the first. */
function pairs<Value>(
  old: readonly Value[],
  young: readonly Value[],
  keyOf: (value: Value) => string,
): [Value, Value][] {
  const byKey = new Map(young.map((value) => [keyOf(value), value]));
  return old.flatMap((value): [Value, Value][] => {
    const other = byKey.get(keyOf(value));
    return other === undefined ? [] : [[value, other]];
  });
}

function readLayout(value: unknown): LatentLayout | null {
  const { general, facets, vectorDifficulty } = (value ?? {}) as Record<string, unknown>;
  if (!Number.isInteger(general) || !Number.isInteger(facets)) return null;
  return {
    general: general as number,
    facets: facets as number,
    ...(vectorDifficulty === true ? { vectorDifficulty } : {}),
  };
}
