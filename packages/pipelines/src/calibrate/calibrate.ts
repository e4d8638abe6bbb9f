import { availableParallelism } from 'node:os';
import type { SpaceManifest } from '@zerorouter/contracts';
import type { EncoderConfig } from '@zerorouter/encoder';
import { openEncoder, openMatrixKernel, writePredictorHead } from '@zerorouter/encoder';
import type { PredictorSettings } from '@zerorouter/latent-space';
import {
  calibrateUncertainty,
  columnMeans,
  DEFAULT_PREDICTOR_SETTINGS,
  dimensionsOf,
  fitLengthLevels,
  fitLengthPrior,
  learnFamiliarity,
  predictOutOfFold,
  seededRandom,
  trainPredictor,
} from '@zerorouter/latent-space';
import { BadInputError, readDataSets } from '@zerorouter/data-set';
import { encodeQueries } from '../encode-queries.js';
import type { ProgressListener } from '../progress.js';
import { checkSpaceTarget, contentHash, writeSpaceFolder } from '../space/space-folder.js';
import { chooseLayout } from './choose-layout.js';
import { homeFolds } from './cross-fit.js';
import { guaranteeCells, learnGuarantee } from './guarantee.js';
import { heldOutFigures, logitsOf } from './held-out.js';
import { heldOutResources } from './held-out-resources.js';
import { buildItemBank } from './item-bank.js';
import { linkToPrevious, readPreviousSpace } from './link-to-previous.js';
import { mergeDataSets } from './merge-data-sets.js';
import { measureAway } from './measure-away.js';
import { familiarityViews, measureScaling, networkInputs } from './network-inputs.js';
import { referenceScales } from './reference-scales.js';
import { screenItemBank } from './screen-item-bank.js';
import { profileSubjects } from './subject-profiles.js';

export interface CalibrateOptions {
  /** Number of latent dimensions: one of general ability, the others facets. */
  dimensions: number | 'auto';
  /** `paper`: D = 20 with a difficulty vector per query, for comparison. */
  preset?: 'paper';
  seed: number;
}

/** Fewer queries than this cannot be split into learning, stopping and reporting. */
const FEWEST_QUERIES = 30;

/**
 * Outcomes → a latent space, written as a folder: reads the data sets, encodes every query, trains
 * the predictor through the response model, cross-fitted, so that every query tells when to stop, how
 * sure to be and what to report; once more with whole kinds of benchmark held out, which tells how
 * sure to be away from home; calibrates the item bank, and profiles every subject. The same seed gives
 * the same bytes on one machine.
 *
 * @throws BadInputError for data that cannot be used, before any long computation.
 */
export async function calibrateDataSets(arguments_: {
  dataDirs: readonly string[];
  options: CalibrateOptions;
  encoder: EncoderConfig;
  outDir: string;
  /** Folder of an earlier version to whose coordinates the new one is brought. */
  linkDir?: string;
  /** Where embeddings are kept between runs. */
  cacheDir?: string;
  onProgress?: ProgressListener;
}): Promise<SpaceManifest> {
  const { options, outDir, onProgress = () => undefined } = arguments_;
  if (arguments_.dataDirs.length === 0)
    throw new BadInputError('--data', null, 'is missing: name at least one data-set folder');
  checkSpaceTarget(outDir);
  const previous =
    arguments_.linkDir === undefined ? null : readPreviousSpace(arguments_.linkDir, options);
  const dataSets = await readDataSets(arguments_.dataDirs);
  const merged = mergeDataSets(dataSets);
  if (merged.texts.length < FEWEST_QUERIES)
    throw new BadInputError(
      arguments_.dataDirs[0]!,
      null,
      `calibration needs at least ${FEWEST_QUERIES} queries, there are ${merged.texts.length}`,
    );
  const random = seededRandom(options.seed);
  const { layout, dimensionChoice } =
    previous === null
      ? chooseLayout(options, merged, random, onProgress)
      : { layout: previous.layout, dimensionChoice: null };
  const kernel = await openMatrixKernel();

  const encoder = await openEncoder(arguments_.encoder, { sessions: availableParallelism() });
  const identity = { id: encoder.id, dimension: encoder.dimension };
  const encoded = await encodeQueries(
    encoder,
    merged.texts,
    arguments_.cacheDir ?? null,
    onProgress,
  ).finally(() => encoder.close());
  const allRows = Int32Array.from(merged.texts, (_, row) => row);
  const scaling = measureScaling(encoded, allRows);
  const { inputs, width } = networkInputs(encoded, scaling);
  const lengths = fitLengthLevels(
    merged.texts.length,
    merged.subjects.length,
    merged.cells.item,
    merged.cells.subject,
    merged.logTokens,
  );

  const settings = settingsFor(allRows.length);
  const fold = homeFolds(merged, settings.members, random);
  const training = {
    layout,
    inputs,
    inputWidth: width,
    cells: merged.cells,
    logLengths: lengths.itemLevel,
    subjectGroup: merged.subjectGroup,
    rows: allRows,
  };
  const onEpoch = (stage: string) => (done: number, total: number) =>
    onProgress({ stage, done, total });

  const predictor = await trainPredictor(
    { ...training, fold },
    settings,
    random,
    kernel,
    onEpoch('training the predictor'),
  );
  // Of every query by a member that did not learn from it: as uncertain as of a new query.
  const predicted = await predictOutOfFold(predictor, fold, inputs, allRows, kernel);
  const heldOut = logitsOf(merged, allRows, predicted, predictor.abilities);
  const uncertainty = calibrateUncertainty(heldOut);
  const varianceAtHome = () => uncertainty.difficultyVariance;
  const figures = heldOutFigures(merged, fold, heldOut, uncertainty.logitScale, varianceAtHome);
  const away = await measureAway({
    merged,
    encoded,
    training,
    settings,
    uncertainty,
    random,
    kernel,
    onEpoch: onEpoch('training away from home'),
  });
  const guarantee = learnGuarantee(
    guaranteeCells(heldOut, uncertainty.logitScale, varianceAtHome),
    heldOut.row.map((row) => fold[row]!),
    away.cells,
  );
  const familiarity = await learnFamiliarity(
    familiarityViews(encoded, scaling, allRows),
    random,
    kernel,
  );
  onProgress({ stage: 'calibrating items and subjects', done: 0, total: 1 });
  const { items: bank, report: itemFit } = screenItemBank(
    merged,
    buildItemBank(merged, predicted, predictor.abilities, layout.general, uncertainty),
    predictor.abilities,
    layout,
  );
  const lengthPrior = fitLengthPrior(
    merged.subjects.length,
    merged.cells.subject,
    Float64Array.from(merged.cells.item, (row) => predicted.logOutputTokens[row]!),
    merged.logTokens,
  );
  const learnt = {
    items: bank,
    subjects: profileSubjects(
      merged,
      predicted,
      predictor.abilities,
      settings.abilityPrecision,
      uncertainty,
      lengthPrior,
    ),
    shape: predictor.shape,
    members: predictor.members,
  };
  const { parts, record: link } =
    previous === null ? { parts: learnt, record: null } : linkToPrevious(previous, learnt);
  const { items, subjects } = parts;
  const predictorOnnx = writePredictorHead({
    embeddingWidth: encoded.embeddingWidth,
    ...scaling,
    shape: parts.shape,
    members: parts.members,
    layout,
    logitScale: uncertainty.logitScale,
    familiarity,
    meanDiscrimination: columnMeans(
      items.flatMap(({ discrimination }) => discrimination),
      dimensionsOf(layout),
    ),
    meanAbility: columnMeans(
      subjects.flatMap(({ ability }) => ability.mean),
      dimensionsOf(layout),
    ),
    shrinkageAway: away.shrinkage,
    varianceAtHome: uncertainty.difficultyVariance,
    varianceAway: away.variance,
  });
  const content = { items, subjects, predictorOnnx };
  const manifest: SpaceManifest = {
    format: 1,
    version: `space-${contentHash(content)}`,
    dimensions: dimensionsOf(layout),
    encoder: identity,
    counts: {
      queries: merged.texts.length,
      items: items.length,
      subjects: subjects.length,
      outcomes: merged.cells.item.length,
    },
    provenance: {
      dataSets: dataSets.map(({ name, queries, outcomes }) => ({
        name,
        queries: queries.length,
        models: outcomes.models.length,
        outcomes: outcomes.score.reduce((n, score) => n + (Number.isNaN(score) ? 0 : 1), 0),
      })),
      seed: options.seed,
      layout,
      ...(dimensionChoice === null ? {} : { dimensionChoice }),
      itemFit,
      settings: {
        ...settings,
        stoppedAfter: 1 + predictor.outOfFoldLoss.indexOf(Math.min(...predictor.outOfFoldLoss)),
      },
    },
    heldOut: {
      queries: allRows.length,
      ...figures.all,
      bySource: figures.bySource,
      logitScale: uncertainty.logitScale,
      difficultyVariance: uncertainty.difficultyVariance,
      away: { variance: away.variance, shrinkage: away.shrinkage, ...away.figures },
      guarantee: guarantee.figures,
      resources: heldOutResources(merged, predicted, fold),
    },
    guarantee: guarantee.levels,
    referenceScales: referenceScales(merged, predicted.logOutputTokens, subjects),
    lengthPrior,
    predictor: { features: scaling.featureMean.length },
    ...(link === null ? {} : { link }),
  };
  writeSpaceFolder(outDir, { manifest, ...content });
  onProgress({ stage: 'calibrating items and subjects', done: 1, total: 1 });
  return manifest;
}

/** Fewer queries than this are learnt by a narrower network in smaller batches and more epochs. */
const SMALL_DATA = 5000;

function settingsFor(rows: number): PredictorSettings {
  if (rows >= SMALL_DATA) return DEFAULT_PREDICTOR_SETTINGS;
  return {
    ...DEFAULT_PREDICTOR_SETTINGS,
    hidden: rows < 1000 ? 48 : 128,
    batchSize: Math.min(128, Math.max(16, rows >> 3)),
    epochs: 30,
  };
}
