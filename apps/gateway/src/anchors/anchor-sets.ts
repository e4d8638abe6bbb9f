import { createHash } from 'node:crypto';
import { DomainError } from '@zerorouter/contracts';
import type { AnchorSetRequest } from '@zerorouter/contracts';
import type { AnchorSet, Database, StoredAnchor } from '@zerorouter/database';
import type { PredictorClient } from '../predictions/predictor-client.js';
import type { Registry } from '../registry/registry.js';
import { requireSpace } from '../registry/require-space.js';
import { drawAnchorTexts } from './draw-anchor-texts.js';
import type { AnchorText } from './place-anchors.js';
import { placeAnchors } from './place-anchors.js';

/** The set that an onboarding uses unless told: the set-up stores it. */
const DEFAULT_SET = 'starter';

/** Anchor sets, and their places in the active latent space. */
export class AnchorSets {
  constructor(
    private readonly database: Database,
    private readonly predictor: PredictorClient,
    private readonly registry: Registry,
    private readonly dataDir: string | undefined,
  ) {}

  /**
   * A set by id or name, placed in the active space. A set that is known in other spaces alone follows
   * into this one: the same texts and graders, new coordinates.
   * @throws DomainError `anchor-set-not-found`, `no-active-space`, or what {@link placeAnchors} throws
   */
  async inActiveSpace(
    idOrName: string = DEFAULT_SET,
  ): Promise<{ set: AnchorSet; anchors: StoredAnchor[] }> {
    const spaceVersion = this.activeSpace();
    const found =
      (await this.database.anchors.find(idOrName, spaceVersion)) ??
      (await this.database.anchors.sets()).find(({ name }) => name === idOrName);
    if (found === undefined) throw setNotFound(idOrName);
    const anchors = await this.database.anchors.list(found.id);
    if (found.spaceVersion === spaceVersion) return { set: found, anchors };
    const id = await this.store(found.name, anchors, spaceVersion);
    return {
      set: (await this.database.anchors.find(id, spaceVersion))!,
      anchors: await this.database.anchors.list(id),
    };
  }

  /** @throws DomainError `anchor-set-exists`, `duplicate-anchor`, `no-active-space`, or what {@link drawAnchorTexts} and {@link placeAnchors} throw */
  async create({ name, source }: AnchorSetRequest): Promise<AnchorSet> {
    const spaceVersion = this.activeSpace();
    if ((await this.database.anchors.find(name, spaceVersion)) !== null)
      throw new DomainError(
        'anchor-set-exists',
        `there is an anchor set "${name}" in the active space already: give this one another name`,
      );
    const texts = await drawAnchorTexts(source, this.dataDir);
    const seen = new Set<string>();
    for (const { id } of texts) {
      if (seen.has(id))
        throw new DomainError('duplicate-anchor', `anchor id "${id}" is given twice`);
      seen.add(id);
    }
    const id = await this.store(name, texts, spaceVersion);
    return (await this.database.anchors.find(id, spaceVersion))!;
  }

  /** The id tells name, content and space: storing a set again changes nothing. */
  private async store(
    name: string,
    texts: readonly AnchorText[],
    spaceVersion: string,
  ): Promise<string> {
    const placed = await placeAnchors(texts, spaceVersion, this.database, this.predictor);
    const content = JSON.stringify([name, spaceVersion, texts.map(({ id, text }) => [id, text])]);
    const id = `anc_${createHash('sha256').update(content).digest('hex').slice(0, 32)}`;
    await this.database.anchors.createSet({ id, name, spaceVersion });
    await this.database.anchors.addAnchors(id, placed);
    return id;
  }

  private activeSpace(): string {
    return requireSpace(this.registry.current.space).manifest.version;
  }
}

export function setNotFound(idOrName: string): DomainError {
  return new DomainError(
    'anchor-set-not-found',
    `there is no anchor set "${idOrName}": name one that GET /admin/v1/anchor-sets lists`,
  );
}
