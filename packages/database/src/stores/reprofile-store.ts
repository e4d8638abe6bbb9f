import type { Connection } from '../connection.js';
import type { PrismaClient } from '../generated/client.js';
import { DRIFT_ALERTS } from './alert-store.js';
import { insertOnboarding, lockOnboardings } from './onboarding-store.js';
import type { NewOnboarding, Onboarding } from './onboarding-store.js';
import type { ProfileKey } from './profile-rows.js';

/** Runs that are begun by themselves, because a model is not what its profile says any more. */
export class ReprofileStore {
  private readonly prisma: PrismaClient;

  constructor({ prisma }: Connection) {
    this.prisma = prisma;
  }

  /**
   * Models in traffic that can be asked at a known price and have drifted, where no run has answered that yet.
   * @param intervalMs least time between two runs of a model that began by themselves.
   */
  async due(intervalMs: number): Promise<ProfileKey[]> {
    return this.prisma.$queryRaw<ProfileKey[]>`
      SELECT p.model_id AS "modelId", p.space_version AS "spaceVersion"
      FROM model_profiles p
      JOIN latent_spaces s ON s.version = p.space_version AND s.state = 'active'
      JOIN models m ON m.id = p.model_id AND m.prices IS NOT NULL
      WHERE p.state = 'active'
        AND EXISTS (SELECT FROM deployments d WHERE d.model_id = p.model_id)
        AND EXISTS (
          SELECT FROM alerts a
          WHERE a.model_id = p.model_id AND a.kind = ANY(${[...DRIFT_ALERTS]})
            AND a.resolved_at IS NULL AND a.onboarding_id IS NULL)
        AND NOT EXISTS (
          SELECT FROM onboardings o
          WHERE o.model_id = p.model_id AND (
            (o.space_version = p.space_version AND o.state IN ('queued', 'running')) OR
            (o.settings ->> 'cause' = 'drift' AND o.created_at > ${new Date(Date.now() - intervalMs)})))
      ORDER BY p.model_id`;
  }

  /**
   * Begins a run and names it in every alert of drift of its model that is open and names none, in one transaction:
   * each alert begins one run, however many processes try.
   * @param run its settings say `cause: 'drift'`.
   * @returns null where another process was faster, or a run is under way or too recent.
   */
  async begin(run: NewOnboarding, intervalMs: number): Promise<Onboarding | null> {
    const { modelId } = run;
    return this.prisma.$transaction(async (transaction) => {
      if ((await lockOnboardings(transaction, run)) !== null) return null;
      const recent = await transaction.onboarding.count({
        where: {
          modelId,
          settings: { path: ['cause'], equals: 'drift' },
          createdAt: { gt: new Date(Date.now() - intervalMs) },
        },
      });
      if (recent > 0) return null;
      // Held until the end: nobody resolves them meanwhile.
      const claimed = await transaction.$queryRaw<{ id: string }[]>`
        SELECT id FROM alerts
        WHERE model_id = ${modelId} AND kind = ANY(${[...DRIFT_ALERTS]})
          AND resolved_at IS NULL AND onboarding_id IS NULL
        ORDER BY id FOR UPDATE`;
      if (claimed.length === 0) return null;
      const onboarding = await insertOnboarding(transaction, run);
      await transaction.alert.updateMany({
        where: { id: { in: claimed.map(({ id }) => id) } },
        data: { onboardingId: onboarding.id },
      });
      return onboarding;
    });
  }
}
