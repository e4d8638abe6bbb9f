import { createHash } from 'node:crypto';
import type {
  BankItem,
  PackedDomainCorrection,
  RecalibrationFigures,
  RecalibrationRecord,
  SpaceLinkRecord,
  SpaceManifest,
} from '@zerorouter/contracts';

/** What a recalibration adds to a space. */
export interface RecalibrationAddition {
  /** Anchors with answers, as the bank is to hold them. */
  readonly items: readonly BankItem[];
  /** How many of them the bank held before. */
  readonly replaced: number;
  readonly correction: PackedDomainCorrection | null;
  readonly anchorSet: string;
  readonly models: readonly { readonly model: string; readonly refit: boolean }[];
  readonly seed: number;
  readonly figures: RecalibrationFigures;
}

/**
 * The manifest of a space that is the earlier one but for some items and a correction. Its version names
 * the earlier space and all that was added to it, hence the content.
 */
export function recalibratedManifest(
  previous: SpaceManifest,
  addition: RecalibrationAddition,
): SpaceManifest {
  const { items, correction, anchorSet, figures, seed } = addition;
  const domainCorrections = [
    ...(previous.domainCorrections ?? []),
    ...(correction === null ? [] : [correction]),
  ];
  const content = JSON.stringify([previous.version, items, domainCorrections, figures]);
  const recalibration: RecalibrationRecord = {
    anchorSet,
    previousVersion: previous.version,
    models: names(addition.models),
    refitted: names(addition.models.filter(({ refit }) => refit)),
    corrected: correction !== null,
    seed,
  };
  return {
    ...previous,
    version: `space-${createHash('sha256').update(content).digest('hex').slice(0, 12)}`,
    counts: {
      ...previous.counts,
      items: previous.counts.items + items.length - addition.replaced,
    },
    provenance: { ...previous.provenance, recalibration },
    heldOut: { ...previous.heldOut, recalibration: figures },
    link: identityLink(previous, addition.replaced),
    ...(domainCorrections.length === 0 ? {} : { domainCorrections }),
  };
}

function names(models: RecalibrationAddition['models']): string[] {
  return models.map(({ model }) => model);
}

/** The coordinates are those of the earlier version: θ and α mean what they meant. */
function identityLink(previous: SpaceManifest, replaced: number): SpaceLinkRecord {
  const { dimensions, counts } = previous;
  const general = generalDimensions(previous);
  const facets = dimensions - general;
  const all = (value: number) => new Array<number>(dimensions).fill(value);
  return {
    previousVersion: previous.version,
    subjects: counts.subjects,
    items: counts.items - replaced,
    permutation: Array.from({ length: general }, (_, k) => k),
    rotation: Array.from({ length: facets * facets }, (_, at) => (at % (facets + 1) === 0 ? 1 : 0)),
    scale: all(1),
    shift: all(0),
    offset: all(0),
    residual: all(0),
    correlation: all(1),
    length: { shift: 0, deviation: 0 },
  };
}

/** How many first dimensions have positive discriminations; the others are facets. */
export function generalDimensions({ dimensions, provenance }: SpaceManifest): number {
  const { general } = (provenance['layout'] ?? {}) as Record<string, unknown>;
  return Number.isInteger(general) ? Math.min(dimensions, general as number) : 1;
}
