import type { Connection } from '../connection.js';

/** One anchor of a run, asked or to be asked. */
export interface AskedAnchor {
  /** Order of asking, from 0. */
  position: number;
  anchorId: string;
  heldOut: boolean;
  /** Reply; null while there is none. */
  text: string | null;
  /** 0 to 1; null while there is no reply. */
  score: number | null;
  gradable: boolean | null;
  inputTokens: number | null;
  outputTokens: number | null;
  ttftMs: number | null;
  totalMs: number | null;
  /** What its calls are known to have cost, USD; null = none is known. */
  costUsd: number | null;
  /** What calls whose cost is not known may have cost, USD. */
  reservedUsd: number;
  /** Calls, retries included. */
  attempts: number;
  /** Why there is no reply after the last try; null = it was answered, or is still to be asked. */
  error: string | null;
}

/** What becomes of an anchor: a reply with its grade, or the reason why there is none. */
export type AnchorOutcome = Omit<
  AskedAnchor,
  'position' | 'anchorId' | 'heldOut' | 'reservedUsd' | 'attempts' | 'costUsd'
>;

/**
 * What the anchors of a run were answered, written as it happens: a killed run goes on where it stopped,
 * asks no answered anchor again, and has forgotten no cent.
 */
export class AnchorAnswers {
  constructor(private readonly connection: Connection) {}

  /** In the order of asking. */
  async list(onboardingId: string): Promise<AskedAnchor[]> {
    return this.connection.prisma.anchorAnswer.findMany({
      where: { onboardingId },
      orderBy: { position: 'asc' },
      omit: { onboardingId: true, anchorSetId: true, createdAt: true, answeredAt: true },
    });
  }

  /** Anchors that are going to be asked. Idempotent: one that is there already stays as it is. */
  async plan(
    onboardingId: string,
    anchorSetId: string,
    anchors: readonly Pick<AskedAnchor, 'position' | 'anchorId' | 'heldOut'>[],
  ): Promise<void> {
    await this.connection.prisma.anchorAnswer.createMany({
      data: anchors.map((anchor) => ({ onboardingId, anchorSetId, ...anchor })),
      skipDuplicates: true,
    });
  }

  /** Before a call: sets aside what it may cost at most, until {@link settle} tells better. */
  async reserve(onboardingId: string, position: number, usd: number): Promise<void> {
    await this.connection.prisma.anchorAnswer.update({
      where: { onboardingId_position: { onboardingId, position } },
      data: { reservedUsd: { increment: usd }, attempts: { increment: 1 } },
    });
  }

  /** After a call: what was set aside is free again, and what the call did cost is spent. */
  async settle(
    onboardingId: string,
    position: number,
    call: { reservedUsd: number; costUsd: number },
  ): Promise<void> {
    await this.connection.pool.query(
      `UPDATE anchor_answers
       SET reserved_usd = greatest(0, reserved_usd - $3), cost_usd = coalesce(cost_usd, 0) + $4
       WHERE onboarding_id = $1 AND position = $2`,
      [onboardingId, position, call.reservedUsd, call.costUsd],
    );
  }

  /** The end of an anchor's asking. */
  async conclude(onboardingId: string, position: number, outcome: AnchorOutcome): Promise<void> {
    await this.connection.prisma.anchorAnswer.update({
      where: { onboardingId_position: { onboardingId, position } },
      data: { ...outcome, answeredAt: new Date() },
    });
  }
}
