import { availableParallelism } from 'node:os';
import type { BankItem, SpaceManifest } from '@zerorouter/contracts';
import { textHash } from '@zerorouter/data-set';
import type { EncoderConfig } from '@zerorouter/encoder';
import type { Ability } from '@zerorouter/latent-space';
import { seededRandom } from '@zerorouter/latent-space';
import { packCorrection } from '../profile/packed-correction.js';
import type { ProgressListener } from '../progress.js';
import { openQueryPredictor } from '../query-predictor.js';
import type { KnownAnchor } from './anchor-answers.js';
import { answeredAnchors } from './anchor-answers.js';
import { drawFolds, forecastHeldOut, judgeForecasts } from './judge-refit.js';
import { generalDimensions, recalibratedManifest } from './recalibrated-manifest.js';
import { refitAnchors } from './refit-anchors.js';

export interface RecalibrationTask {
  readonly space: { readonly manifest: SpaceManifest; readonly predictorOnnx: Uint8Array };
  readonly anchorSet: {
    readonly name: string;
    readonly anchors: readonly {
      readonly text: string;
      /** As the item bank holds the text; null where it does not. */
      readonly known: BankItem | null;
    }[];
  };
  readonly models: readonly {
    readonly model: string;
    /** Of its ability, before any answer. */
    readonly prior: Ability;
    /** `anchor` is an index in the set; scores in [0, 1]. */
    readonly answers: readonly { readonly anchor: number; readonly score: number }[];
    /** Whether its profile rests on these answers, and takes the new ability. */
    readonly refit: boolean;
  }[];
  readonly seed: number;
}

export interface RecalibratedSpace {
  readonly manifest: SpaceManifest;
  /** To stand in the item bank, in place of what it held of the same texts. */
  readonly items: readonly BankItem[];
  /** Every anchor of the set in the new space. */
  readonly anchors: readonly {
    discrimination: number[];
    difficulty: number;
    difficultyVariance: number;
    logOutputTokens: number;
  }[];
  /** Beside the task's models. */
  readonly abilities: readonly { mean: number[]; covariance: number[] }[];
}

/**
 * Refits a latent space to what models answered on anchors, in the coordinates that it has: difficulties
 * around the anchors where the answers speak for it, the anchors' own parameters, the models' abilities.
 * Network, subjects and all other items stay. The same task gives the same bytes.
 */
export async function recalibrateSpace(
  { space, anchorSet, models, seed }: RecalibrationTask,
  encoder: EncoderConfig,
  onProgress: ProgressListener = () => undefined,
): Promise<RecalibratedSpace> {
  const { manifest } = space;
  const total = anchorSet.anchors.length;
  const predictor = await openQueryPredictor({
    encoder,
    manifest,
    headOnnx: space.predictorOnnx,
    sessions: availableParallelism(),
  });
  let done = 0;
  const placed = await Promise.all(
    anchorSet.anchors.map(async ({ text, known }) => {
      const { latents, embedding } = await predictor.place(text);
      onProgress({ stage: 'placing anchors', done: ++done, total });
      return { known, predicted: latents, embedding };
    }),
  ).finally(() => predictor.close());
  const anchors: readonly KnownAnchor[] = placed;

  const random = seededRandom(seed);
  const fold = drawFolds(total, random);
  const general = generalDimensions(manifest);
  onProgress({ stage: 'judging', done: 0, total: 1 });
  const figures = {
    anchorSet: anchorSet.name,
    ...judgeForecasts(forecastHeldOut(anchors, models, fold, general), random),
  };
  onProgress({ stage: 'refitting', done: 0, total: 1 });
  const { correction, items, abilities } = refitAnchors(anchors, models, fold, general);
  const settled = items.map((item, i) => ({
    discrimination: Array.from(item.discrimination, round),
    difficulty: round(item.difficulty),
    difficultyVariance: round(item.difficultyVariance),
    logOutputTokens: placed[i]!.predicted.logOutputTokens,
  }));
  const answered = answeredAnchors(models);
  const bank = answered.map((anchor): BankItem => {
    const { discrimination, difficulty, difficultyVariance } = settled[anchor]!;
    return {
      hash: textHash(anchorSet.anchors[anchor]!.text),
      source: `anchors/${anchorSet.name}`,
      discrimination,
      difficulty,
      difficultyVariance,
    };
  });
  onProgress({ stage: 'refitting', done: 1, total: 1 });
  return {
    manifest: recalibratedManifest(manifest, {
      items: bank,
      replaced: answered.filter((anchor) => anchors[anchor]!.known !== null).length,
      correction: correction === null ? null : packCorrection(correction),
      anchorSet: anchorSet.name,
      models,
      seed,
      figures,
    }),
    items: bank,
    anchors: settled,
    abilities: abilities.map(({ mean, covariance }) => ({
      mean: Array.from(mean),
      covariance: Array.from(covariance),
    })),
  };
}

/** Four decimals, as a calibration rounds its bank. */
function round(value: number): number {
  return Number(value.toFixed(4));
}
