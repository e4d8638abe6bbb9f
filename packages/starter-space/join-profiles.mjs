/**
 * Joins the starter space's subjects into one profile per model (`profiles.json`), with names, list
 * prices and capabilities from `model-catalog.json`: `node join-profiles.mjs`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { joinSubjects } from '@zerorouter/latent-space';
import { readSpaceFolder } from '@zerorouter/pipelines';

const { manifest, subjects } = readSpaceFolder(join(import.meta.dirname, 'space'));
const catalog = JSON.parse(readFileSync(join(import.meta.dirname, 'model-catalog.json'), 'utf8'));
const byName = new Map(subjects.map((subject) => [subject.model, subject]));
const sources = [...new Set(subjects.map(({ model }) => model.split('/')[0]))];
const models = catalog.models.filter(({ subjects: names }) =>
  names.some((name) => byName.has(name)),
);
const harnessed = models.flatMap(({ subjects: names }, group) =>
  names
    .filter((name) => byName.has(name))
    .map((name) => ({
      group,
      source: sources.indexOf(name.split('/')[0]),
      ability: byName.get(name).ability,
    })),
);
const abilities = joinSubjects(harnessed, models.length, sources.length);

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const rounded = (value) => Number(value.toPrecision(6));
const profiles = models.map((model, group) => {
  const own = model.subjects.map((name) => byName.get(name)).filter(Boolean);
  const lengths = own.map(({ length }) => length).filter(Boolean);
  // The subject with the narrowest offset saw the most answers.
  const length = lengths.sort((a, b) => a.offsetVariance - b.offsetVariance)[0] ?? null;
  const fitted = own.map(({ cost }) => cost).find((cost) => cost?.kind === 'linear') ?? null;
  const cost =
    model.prices === null
      ? fitted
      : {
          kind: 'prices',
          inputPerMtok: model.prices.input_per_mtok,
          outputPerMtok: model.prices.output_per_mtok,
          asOf: model.prices.as_of,
          source: model.prices.source,
        };
  const latencies = own.map(({ latency }) => latency).filter(Boolean);
  const latency =
    latencies.length === 0
      ? null
      : {
          base: rounded(mean(latencies.map((l) => l.base))),
          perInputToken: rounded(mean(latencies.map((l) => l.perInputToken))),
          perOutputToken: rounded(mean(latencies.map((l) => l.perOutputToken))),
          p95Ratio: rounded(mean(latencies.map((l) => l.p95Ratio))),
        };
  return {
    profile: {
      model: model.name,
      ability: {
        mean: abilities[group].mean.map(rounded),
        covariance: abilities[group].covariance.map(rounded),
      },
      length: length && {
        offset: rounded(length.offset),
        offsetVariance: rounded(length.offsetVariance),
        smearing: rounded(length.smearing),
        ...(length.logDeviation === undefined
          ? {}
          : { logDeviation: rounded(length.logDeviation) }),
      },
      cost,
      latency,
    },
    family: model.family,
    contextWindow: model.context_window,
    capabilities: model.capabilities ?? [],
  };
});
const text = { spaceVersion: manifest.version, models: profiles };
writeFileSync(join(import.meta.dirname, 'profiles.json'), `${JSON.stringify(text, null, 1)}\n`);
console.log(
  JSON.stringify({ version: manifest.version, models: profiles.length, ...manifest.heldOut }),
);
