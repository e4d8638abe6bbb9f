import { BadInputError, textHash } from '@zerorouter/data-set';
import { modelIdentity } from '../../calibrate/merge-data-sets.js';
import { readSpaceFolder } from '../../space/space-folder.js';
import { BaselineSet } from '../baselines/baseline-set.js';
import { sampleQueries } from '../baselines/training-labels.js';
import type { RunContext } from '../run/run-context.js';
import { halves } from '../plan/halves.js';
import type { HomeGround } from './home.js';
import { judgeGround } from './home.js';
import type { Findings, ProtocolSettings } from './settings.js';
import { noFindings } from './settings.js';

/** Which cells are asked for. */
export interface WantedCells {
  readonly id: boolean;
  readonly unseen: boolean;
  readonly ood: boolean;
  readonly unseenOod: boolean;
}

/**
 * Judges a space as it is on the given data. A data set that the space was calibrated on is in domain
 * (`id`, `unseen`), any other is not (`ood`, `unseen-ood`). One half of its questions gives anchors,
 * and labels to the baselines, which so learn from this very data; the other half, less the texts of
 * the item bank, is judged. Models without a subject of their name are onboarded; where another data
 * set's subject is the same model, it is judged as a seen one too.
 *
 * @throws BadInputError when the item bank knows every query.
 */
export async function evaluateGivenSpace(
  context: RunContext,
  settings: ProtocolSettings,
  spaceDir: string,
  wanted: WantedCells,
): Promise<{ findings: Findings; spaceVersions: Record<string, string> }> {
  const { data } = context;
  const space = readSpaceFolder(spaceDir);
  const [learnt, rest] = halves(
    context,
    data.queries.map((_, q) => q),
  );
  const bank = new Set(space.items.map(({ hash }) => hash));
  const judged = rest.filter((q) => !bank.has(textHash(data.queries[q]!.text)));
  if (judged.length === 0)
    throw new BadInputError(
      spaceDir,
      null,
      'was calibrated on every query of the data; evaluate without --space, or on other queries',
    );
  const training = new Uint8Array(data.queries.length);
  for (const q of learnt) training[q] = 1;

  const names = new Set(space.subjects.map(({ model }) => model));
  const byIdentity = new Map<string, string[]>();
  for (const name of names) {
    const identity = modelIdentity(name);
    byIdentity.set(identity, [...(byIdentity.get(identity) ?? []), name]);
  }
  const standing = data.subjects.map(({ name, identity }) =>
    names.has(name) ? [name] : (byIdentity.get(identity) ?? []),
  );
  const seen = Uint8Array.from(standing, (own) => (own.length > 0 ? 1 : 0));
  const baselines = await BaselineSet.learn(context, training, seen);
  const known = new Set(space.manifest.provenance.dataSets.map(({ name }) => name));

  const findings = noFindings();
  for (const [source, { name }] of data.dataSets.entries()) {
    const inSource = (q: number) => data.queries[q]!.source === source;
    const subjects = data.subjects.flatMap((subject, s) => (subject.source === source ? [s] : []));
    const ground: HomeGround = {
      source,
      judged: sampleQueries(judged.filter(inSource), settings.mostJudged, context.seed),
      training: learnt.filter(inSource),
      seen: subjects
        .filter((s) => seen[s] === 1 && baselines.labels([s]).score.length > 0)
        .map((s) => ({ subject: s, names: standing[s]!, labels: [s] })),
      newcomers: subjects.filter((s) => !names.has(data.subjects[s]!.name)),
    };
    const home = known.has(name);
    await judgeGround(
      context,
      settings,
      home ? { id: 'id', unseen: 'unseen' } : { id: 'ood', unseen: 'unseen-ood' },
      home
        ? { id: wanted.id, unseen: wanted.unseen }
        : { id: wanted.ood, unseen: wanted.unseenOod },
      spaceDir,
      null,
      baselines,
      ground,
      findings,
    );
  }
  return { findings, spaceVersions: { given: space.manifest.version } };
}
