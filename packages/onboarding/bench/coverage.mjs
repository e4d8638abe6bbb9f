/**
 * How well an onboarding measures, on simulated models whose truth is known: `npm run bench:onboarding [-- RUNS]`.
 * θ* comes from the metadata prior of the starter space, the true items of the anchors that ship from the
 * predictor's uncertainty, with discriminations off by 15% and errors of heavier tails than the normal's (t with
 * four degrees of freedom); once more with models that have a sensitivity to difficulty of their own, as the
 * estimate of accuracy allows for.
 */
import { dot, quadraticForm, seededRandom } from '@zerorouter/latent-space';
import {
  checkHoldOuts,
  expectedAnchorCosts,
  measureModel,
  metadataProfile,
  quoteOnboarding,
} from '../dist/index.js';
import { runOnboarding, scored, simulateModel } from '../dist/simulation/simulate-model.js';
import { placeStarterAnchors } from './placed-anchors.mjs';

const RUNS = Number(process.argv[2] ?? 100);
const PRICES = { input_per_mtok: 0.5, output_per_mtok: 1.5 };
const ERROR = { discrimination: 0.15, tails: 4, sensitivity: 0 };
const NORMAL_95 = 1.6448536269514722;

const { space, anchors } = await placeStarterAnchors();
const { subjects, manifest } = space;
const profileOf = (name) =>
  metadataProfile({
    name,
    sizeB: null,
    prices: PRICES,
    subjects,
    lengthPrior: manifest.lengthPrior,
  });
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const print = (cells, widths) =>
  console.log(cells.map((cell, i) => String(cell).padStart(widths[i] ?? 9)).join(' '));

const DESIGNS = {
  'price-aware': (costs) => ({ costs }),
  'price-blind': () => ({}),
};

function stateOf(profile, seed, maxAnchors, options) {
  const { ability: prior } = profile;
  return {
    anchors,
    prior,
    seed,
    maxAnchors,
    targetDeviation: null,
    asked: [],
    outcomes: [],
    ...options,
  };
}

function onboard(state, { scores }) {
  return runOnboarding(state, (anchor) => scored(anchor, scores[anchor]));
}

function measure(state) {
  return measureModel(state, {
    name: 'simulated',
    prices: null,
    lengthPrior: null,
    stoppedBy: 'max_anchors',
    spentUsd: 0,
  });
}

/** Share of the anchors' αᵀθ* within their 90% intervals. */
function thetaCoverage({ mean: theta, covariance }, truth) {
  return mean(
    anchors.map(({ discrimination }) => {
      const reach = NORMAL_95 * Math.sqrt(quadraticForm(discrimination, covariance));
      return Math.abs(dot(discrimination, theta) - dot(discrimination, truth)) <= reach ? 1 : 0;
    }),
  );
}

function coverageTable(name, error) {
  const profile = profileOf(name);
  const costs = expectedAnchorCosts(anchors, profile);
  console.log(
    `\n${name}: ${RUNS} models, ${anchors.length} anchors, 90% intervals, ${JSON.stringify(error)}`,
  );
  const widths = [12, 4, 9, 9, 9, 9, 9, 9, 9];
  print(['design', 'N', '|error|', 'bias', 'sd', 'covered', 'αᵀθ cov.', 'held', 'USD'], widths);
  for (const [design, optionsOf] of Object.entries(DESIGNS))
    for (const most of [0, 10, 20, 50]) {
      const rows = Array.from({ length: RUNS }, (_, run) => {
        const model = simulateModel(anchors, profile.ability, error, seededRandom(1_000 + run));
        const state = onboard(stateOf(profile, run, most, optionsOf(costs)), model);
        const { result } = measure(state);
        const truth = mean(model.scores);
        const { value, sd, interval } = result.expected_accuracy;
        return {
          error: value - truth,
          sd,
          covered: interval[0] <= truth && truth <= interval[1] ? 1 : 0,
          theta: thetaCoverage(result.ability, model.theta),
          alarm: result.misfit !== null && result.misfit.p_value < 0.01 ? 1 : 0,
          usd: state.asked.reduce((sum, { anchor }) => sum + costs[anchor], 0),
        };
      });
      const of = (pick) => mean(rows.map(pick));
      print(
        [
          design,
          most,
          of(({ error }) => Math.abs(error)).toFixed(4),
          of(({ error }) => error).toFixed(4),
          of(({ sd }) => sd).toFixed(4),
          of(({ covered }) => covered).toFixed(3),
          of(({ theta }) => theta).toFixed(3),
          of(({ alarm }) => alarm).toFixed(3),
          of(({ usd }) => usd).toFixed(4),
        ],
        widths,
      );
    }
}

/** What the hold-outs catch: share of runs with p < .01. */
function misfitTable() {
  const profile = profileOf('new/model');
  const domains = [...new Set(anchors.map(({ domain }) => domain))];
  const KINDS = {
    'as the model says': (model) => model.scores,
    'memorised what it was asked (right on chosen, truth on hold-outs)': (model, state) => {
      const chosen = new Set(
        state.asked.flatMap(({ anchor, heldOut }) => (heldOut ? [] : [anchor])),
      );
      return model.scores.map((score, i) => (chosen.has(i) ? 1 : score));
    },
    'memorised half of the set': (model, _, random) => {
      const known = new Set(random.permutation(anchors.length).subarray(0, anchors.length / 2));
      return model.scores.map((score, i) => (known.has(i) ? 1 : score));
    },
    'knows half of the domains, nothing of the others': (model, _, random) => {
      const order = random.permutation(domains.length);
      const known = new Set(Array.from(order.subarray(0, domains.length / 2), (d) => domains[d]));
      return model.scores.map((_score, i) => (known.has(anchors[i].domain) ? 1 : 0));
    },
  };
  console.log(`\nmisfit: share of ${RUNS} runs with p < .01`);
  print(['N = 20', 'N = 50', 'N = 200', '  answers'], [8, 8, 8, 0]);
  for (const [kind, scoresOf] of Object.entries(KINDS)) {
    const shares = [20, 50, 200].map((most) => {
      const alarms = Array.from({ length: RUNS }, (_, run) => {
        const random = seededRandom(5_000 + run);
        const model = simulateModel(anchors, profile.ability, ERROR, random);
        const first = onboard(stateOf(profile, run, most), model);
        const scores = scoresOf(model, first, random);
        const state = kind.startsWith('memorised what')
          ? { ...first, outcomes: first.asked.map(({ anchor }) => scored(anchor, scores[anchor])) }
          : onboard(stateOf(profile, run, most), { scores });
        return checkHoldOuts(state).pValue < 0.01 ? 1 : 0;
      });
      return mean(alarms).toFixed(3);
    });
    print([...shares, `  ${kind}`], [8, 8, 8, 0]);
  }
}

/** A quote's foresight beside what came. */
function quoteTable() {
  console.log('\nquote: standard deviation of accuracy foreseen, and reached (mean of runs)');
  const profile = profileOf('new/model-8b');
  for (const most of [10, 20, 50, 200]) {
    const state = stateOf(profile, 1, most, { costs: expectedAnchorCosts(anchors, profile) });
    const quote = quoteOnboarding(state, {
      anchorSet: 'starter',
      profile,
      prices: PRICES,
      maxTokens: 2_048,
      maxCostUsd: 1,
      concurrency: 4,
    });
    const reached = Array.from({ length: Math.min(RUNS, 40) }, (_, run) => {
      const model = simulateModel(anchors, profile.ability, ERROR, seededRandom(9_000 + run));
      return measure(onboard({ ...state, seed: run }, model)).result.expected_accuracy.sd;
    });
    console.log(JSON.stringify({ ...quote, reached: Number(mean(reached).toFixed(4)) }));
  }
}

for (const name of ['new/model-8b', 'new/model'])
  for (const sensitivity of [0, 0.15]) coverageTable(name, { ...ERROR, sensitivity });
misfitTable();
quoteTable();
