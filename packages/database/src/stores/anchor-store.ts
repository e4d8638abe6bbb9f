import { DomainError } from '@zerorouter/contracts';
import type { PrismaClient } from '../generated/client.js';
import { fromJson } from '../json.js';
import type { JsonObject } from '../json.js';
import { requireSpace } from './space-rows.js';

export interface AnchorSet {
  id: string;
  name: string;
  /** The latent space that its parameters live in; null for texts without parameters. */
  spaceVersion: string | null;
  /** How many it holds. */
  anchors: number;
  createdAt: Date;
}

export interface StoredAnchor {
  /** Unique within its set. */
  id: string;
  text: string;
  domain: string;
  /** How answers are graded, as the anchors package reads it. */
  grader: JsonObject;
  /** Null, like difficulty and variance, in a set without a latent space. */
  discrimination: number[] | null;
  difficulty: number | null;
  /** Logit². */
  difficultyVariance: number | null;
  /** Expected log output tokens, before the model's own offset; null where unknown. */
  logOutputTokens: number | null;
}

export class AnchorStore {
  constructor(private readonly prisma: PrismaClient) {}

  /** Idempotent by id: a set that is there already stays as it is. @throws `space-not-found` */
  async createSet(set: { id: string; name: string; spaceVersion: string | null }): Promise<void> {
    await this.prisma.$transaction(async (transaction) => {
      if (set.spaceVersion !== null) await requireSpace(transaction, set.spaceVersion);
      await transaction.anchorSet.createMany({ data: [set], skipDuplicates: true });
    });
  }

  /** Newest first. */
  async sets(): Promise<AnchorSet[]> {
    const rows = await this.prisma.anchorSet.findMany({
      include: { _count: { select: { anchors: true } } },
      orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    });
    return rows.map(({ _count, ...set }) => ({ ...set, anchors: _count.anchors }));
  }

  /** By id, or the newest of that name in the given latent space; null when there is none. */
  async find(idOrName: string, spaceVersion: string | null): Promise<AnchorSet | null> {
    const sets = await this.sets();
    return (
      sets.find(({ id }) => id === idOrName) ??
      sets.find((set) => set.name === idOrName && set.spaceVersion === spaceVersion) ??
      null
    );
  }

  /**
   * Appends anchors in the given order; one whose id the set holds already is replaced in its place.
   * @throws `anchor-set-not-found`, `duplicate-anchor`
   */
  async addAnchors(setId: string, anchors: readonly StoredAnchor[]): Promise<void> {
    const repeated = anchors.find(({ id }, i) => anchors.findIndex((a) => a.id === id) !== i);
    if (repeated !== undefined)
      throw new DomainError('duplicate-anchor', `anchor id "${repeated.id}" is given twice`, {
        details: { setId, anchorId: repeated.id },
      });
    await this.requireSet(setId);
    await this.prisma.$executeRaw`
      INSERT INTO latent_anchors
        (set_id, id, text, domain, grader, discrimination, difficulty, difficulty_variance,
         log_output_tokens)
      SELECT ${setId}, id, text, domain, grader::jsonb, vector::float8[], d, v, l
      FROM unnest(
        ${anchors.map((anchor) => anchor.id)}::text[],
        ${anchors.map((anchor) => anchor.text)}::text[],
        ${anchors.map((anchor) => anchor.domain)}::text[],
        ${anchors.map((anchor) => JSON.stringify(anchor.grader))}::text[],
        ${anchors.map((anchor) => `{${(anchor.discrimination ?? []).join(',')}}`)}::text[],
        ${anchors.map((anchor) => anchor.difficulty)}::float8[],
        ${anchors.map((anchor) => anchor.difficultyVariance)}::float8[],
        ${anchors.map((anchor) => anchor.logOutputTokens)}::float8[]
      ) WITH ORDINALITY AS anchor(id, text, domain, grader, vector, d, v, l, n)
      ORDER BY n
      ON CONFLICT (set_id, id) DO UPDATE SET
        text = EXCLUDED.text, domain = EXCLUDED.domain, grader = EXCLUDED.grader,
        discrimination = EXCLUDED.discrimination, difficulty = EXCLUDED.difficulty,
        difficulty_variance = EXCLUDED.difficulty_variance,
        log_output_tokens = EXCLUDED.log_output_tokens`;
  }

  /** In order. @throws `anchor-set-not-found` */
  async list(setId: string): Promise<StoredAnchor[]> {
    await this.requireSet(setId);
    const rows = await this.prisma.latentAnchor.findMany({
      where: { setId },
      omit: { setId: true, position: true },
      orderBy: { position: 'asc' },
    });
    return rows.map((row) => ({
      ...row,
      grader: fromJson<JsonObject>(row.grader),
      discrimination: row.discrimination.length === 0 ? null : row.discrimination,
    }));
  }

  private async requireSet(id: string): Promise<void> {
    if ((await this.prisma.anchorSet.count({ where: { id } })) === 0)
      throw new DomainError(
        'anchor-set-not-found',
        `there is no anchor set "${id}": create it first, or name one that is listed`,
        { details: { id } },
      );
  }
}
