import type {
  FamiliarityMap,
  FamiliarView,
  LatentLayout,
  NetworkParameters,
  NetworkShape,
} from '@zerorouter/latent-space';
import {
  difficultyOutputs,
  dimensionsOf,
  HEAD_SCALES,
  LENGTH_CENTER,
} from '@zerorouter/latent-space';
import { GraphBuilder } from './onnx/graph-builder.js';

/** All that the head of a latent space's predictor is made of. */
export interface PredictorHead {
  /** Width of one window's embedding. */
  readonly embeddingWidth: number;
  /** Factor that brings embeddings to unit scale. */
  readonly embeddingScale: number;
  /** Structural features are standardised and clipped: scale·clip((f − mean)/deviation, ±clip). */
  readonly featureMean: Float32Array;
  readonly featureDeviation: Float32Array;
  readonly featureClip: number;
  readonly featureScale: number;
  readonly shape: NetworkShape;
  readonly members: readonly NetworkParameters[];
  readonly layout: LatentLayout;
  /** Calibrated factor on α̂ and d̂ (temperature, and the attenuation that their variance brings). */
  readonly logitScale: number;
  /** Meaning is the mean embedding, form the standardised features, lifted. */
  readonly familiarity: FamiliarityMap;
  /** ᾱ: discrimination of the mean item, D numbers. */
  readonly meanDiscrimination: Float32Array;
  /** θ̄: ability of the mean model, D numbers: its forecast stays where α̂ falls back to ᾱ. */
  readonly meanAbility: Float32Array;
  /** κ: how far α̂ falls back to ᾱ far away from home, in [0, 1]. */
  readonly shrinkageAway: number;
  /** Var(d̂) at home and the further variance far away from it, logit². */
  readonly varianceAtHome: number;
  readonly varianceAway: number;
}

/**
 * Writes the head as ONNX: `windows` [W, embeddingWidth] and `features` [F] →
 * `discrimination` [D], `difficulty`, `difficulty_variance`, `log_output_tokens`, `familiarity` [1], and
 * `embedding` [embeddingWidth], the mean over the windows.
 */
export function writePredictorHead(head: PredictorHead): Uint8Array {
  const { embeddingWidth: width, layout, members, shape } = head;
  const dimensions = dimensionsOf(layout);
  const graph = new GraphBuilder('predictor-head', {});
  const windows = graph.input('windows', 'float32', ['W', width]);
  const features = graph.input('features', 'float32', [head.featureMean.length]);
  const constant = (name: string, value: number) =>
    graph.float32(name, Float32Array.of(value), [1]);

  // The query as one row: mean, last and first window, then the standardised features.
  const mean = graph.node('ReduceMean', [windows], { axes: { ints: [0] }, keepdims: { int: 1 } });
  const slice = (name: string, from: number, to: number) =>
    graph.node('Slice', [
      windows,
      graph.int64(`${name}.from`, [from], [1]),
      graph.int64(`${name}.to`, [to], [1]),
      graph.int64(`${name}.axis`, [0], [1]),
    ]);
  const last = slice('last', -1, Number.MAX_SAFE_INTEGER);
  const first = slice('first', 0, 1);
  const embedding = graph.node('Mul', [
    graph.node('Concat', [mean, last, first], { axis: { int: 1 } }),
    constant('embedding.scale', head.embeddingScale),
  ]);
  const clipped = graph.node('Clip', [
    graph.node('Div', [
      graph.node('Sub', [
        features,
        graph.float32('feature.mean', head.featureMean, [head.featureMean.length]),
      ]),
      graph.float32('feature.deviation', head.featureDeviation, [head.featureDeviation.length]),
    ]),
    graph.float32('feature.low', Float32Array.of(-head.featureClip), []),
    graph.float32('feature.high', Float32Array.of(head.featureClip), []),
  ]);
  const standardised = graph.node('Mul', [clipped, constant('feature.scale', head.featureScale)]);
  const row = graph.node(
    'Concat',
    [embedding, graph.node('Unsqueeze', [standardised, graph.int64('axis.0', [0], [1])])],
    { axis: { int: 1 } },
  );

  // The ensemble: K members side by side, [K, 1, …].
  const stacked = (name: keyof NetworkParameters, dims: readonly number[]) =>
    graph.float32(name, concatenate(members.map((member) => member[name])), [
      members.length,
      ...dims,
    ]);
  const { inputs, hidden, outputs } = shape;
  const linear = (x: string, weights: string, bias: string) =>
    graph.node('Add', [graph.node('MatMul', [x, weights]), bias]);
  const silu = (a: string) => graph.node('Mul', [a, graph.node('Sigmoid', [a])]);
  const h1 = silu(
    linear(row, stacked('inputWeights', [inputs, hidden]), stacked('inputBias', [1, hidden])),
  );
  const h2 = graph.node('Add', [
    h1,
    silu(
      linear(h1, stacked('hiddenWeights', [hidden, hidden]), stacked('hiddenBias', [1, hidden])),
    ),
  ]);
  const heads = graph.node('Reshape', [
    linear(h2, stacked('outputWeights', [hidden, outputs]), stacked('outputBias', [1, outputs])),
    graph.int64('heads.shape', [members.length, outputs], [2]),
  ]);

  const parts = graph.nodeWithOutputs(
    'Split',
    [
      heads,
      graph.int64(
        'heads.split',
        [layout.general, layout.facets, difficultyOutputs(layout), 1],
        [4],
      ),
    ],
    4,
    { axis: { int: 1 } },
  );
  const [generalOutput, facetOutput, difficultyOutput, lengthOutput] = parts as [
    string,
    string,
    string,
    string,
  ];
  const overMembers = (x: string) =>
    graph.node('ReduceMean', [x], { axes: { ints: [0] }, keepdims: { int: 0 } });
  const scale = constant('logit.scale', head.logitScale);
  const general = graph.node('Exp', [
    graph.node('Add', [
      graph.node('Mul', [generalOutput, constant('alpha.scale', HEAD_SCALES.logDiscrimination)]),
      constant('alpha.center', -0.5 * Math.log(Math.max(1, layout.general))),
    ]),
  ]);
  const discrimination = graph.node('Concat', [general, facetOutput], { axis: { int: 1 } });
  const predictedDiscrimination = graph.node('Mul', [overMembers(discrimination), scale]);

  // One difficulty a query, or αᵀb of the paper's difficulty vector.
  const offset =
    layout.vectorDifficulty === true
      ? graph.node('ReduceSum', [
          graph.node('Mul', [discrimination, difficultyOutput]),
          graph.int64('vector.axis', [1], [1]),
        ])
      : graph.node('Mul', [difficultyOutput, constant('difficulty.scale', HEAD_SCALES.difficulty)]);
  const difficulties = graph.node('Mul', [offset, scale]);
  const predictedDifficulty = overMembers(difficulties);
  graph.node(
    'Add',
    [overMembers(lengthOutput), constant('length.center', LENGTH_CENTER)],
    {},
    'log_output_tokens',
  );

  // Familiarity: how much farther from the nearest centroids than a query at home, over both views.
  const cosineTo = (unit: string, name: string, { centroids }: FamiliarView, size: number) =>
    graph.node(
      'ReduceMax',
      [
        graph.node(
          'Gemm',
          [unit, graph.float32(`${name}.centroids`, centroids, [centroids.length / size, size])],
          { transB: { int: 1 } },
        ),
      ],
      { axes: { ints: [1] }, keepdims: { int: 0 } },
    );
  const unitRow = (vector: string) =>
    graph.node('Div', [
      vector,
      graph.node('ReduceL2', [vector], { axes: { ints: [1] }, keepdims: { int: 1 } }),
    ]);
  const featureCount = head.featureMean.length;
  const lifted = graph.node(
    'Concat',
    [
      graph.node('Unsqueeze', [clipped, graph.int64('form.axis', [0], [1])]),
      graph.float32('form.lift', Float32Array.of(Math.sqrt(featureCount)), [1, 1]),
    ],
    { axis: { int: 1 } },
  );
  const { meaning, form } = head.familiarity.views;
  const distance = (name: string, cosine: string, { typical, rare }: FamiliarView) =>
    graph.node('Div', [
      graph.node('Sub', [constant(`${name}.typical`, typical), cosine]),
      constant(`${name}.spread`, typical - rare),
    ]);
  const strange = graph.node('Add', [
    distance('meaning', cosineTo(unitRow(mean), 'meaning', meaning, width), meaning),
    distance('form', cosineTo(unitRow(lifted), 'form', form, featureCount + 1), form),
  ]);
  const [home, away] = head.familiarity.range;
  graph.node(
    'Clip',
    [
      graph.node('Div', [
        graph.node('Sub', [constant('familiarity.away', away), strange]),
        constant('familiarity.range', away - home),
      ]),
      graph.float32('zero', Float32Array.of(0), []),
      graph.float32('one', Float32Array.of(1), []),
    ],
    {},
    'familiarity',
  );
  const strangeness = graph.node('Sub', [constant('unit', 1), 'familiarity']);

  // α = α̂ − δ and d = d̂ − δᵀθ̄ with δ = κ·strangeness·(α̂ − ᾱ).
  const fallBack = graph.node('Mul', [
    graph.node('Mul', [strangeness, constant('shrinkage.away', head.shrinkageAway)]),
    graph.node('Sub', [
      predictedDiscrimination,
      graph.float32('mean.discrimination', head.meanDiscrimination, [dimensions]),
    ]),
  ]);
  graph.node('Sub', [predictedDiscrimination, fallBack], {}, 'discrimination');
  const atMeanModel = graph.node(
    'ReduceSum',
    [
      graph.node('Mul', [fallBack, graph.float32('mean.ability', head.meanAbility, [dimensions])]),
      graph.int64('ability.axis', [0], [1]),
    ],
    { keepdims: { int: 1 } },
  );
  graph.node('Sub', [predictedDifficulty, atMeanModel], {}, 'difficulty');
  // Var(d̂) = at home + (1 − familiarity)² · away.
  graph.node(
    'Add',
    [
      graph.node('Mul', [
        graph.node('Mul', [strangeness, strangeness]),
        constant('variance.away', head.varianceAway),
      ]),
      constant('variance.home', head.varianceAtHome),
    ],
    {},
    'difficulty_variance',
  );
  graph.node('Reshape', [mean, graph.int64('embedding.shape', [width], [1])], {}, 'embedding');
  graph.output('discrimination', 'float32', [dimensions]);
  graph.output('embedding', 'float32', [width]);
  for (const name of ['difficulty', 'difficulty_variance', 'log_output_tokens', 'familiarity'])
    graph.output(name, 'float32', [1]);
  return graph.build();
}

function concatenate(arrays: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(arrays.reduce((sum, array) => sum + array.length, 0));
  let offset = 0;
  for (const array of arrays) {
    joined.set(array, offset);
    offset += array.length;
  }
  return joined;
}
