import { DomainError } from '@zerorouter/contracts';
import type { CollectedResponse } from '@zerorouter/contracts';
import type { AskedAnchor, StoredAnchor } from '@zerorouter/database';

/**
 * Answers collected elsewhere, as rows of a run. What has a score is graded; a text is graded by the profiler.
 * @throws DomainError `unknown-anchor`, `score-missing`
 */
export function checkResponses(
  responses: readonly CollectedResponse[],
  anchors: readonly StoredAnchor[],
  setName: string,
): AskedAnchor[] {
  const byId = new Map(anchors.map((anchor) => [anchor.id, anchor]));
  return responses.map((response, position) => {
    const anchor = byId.get(response.anchor_id);
    if (anchor === undefined)
      throw new DomainError(
        'unknown-anchor',
        `responses.${position}.anchor_id: the anchor set "${setName}" has no anchor "${response.anchor_id}"`,
        { details: { anchorId: response.anchor_id } },
      );
    if (response.score === undefined && anchor.grader['kind'] === 'score')
      throw new DomainError(
        'score-missing',
        `responses.${position}: answers to the anchor set "${setName}" cannot be graded here: give a "score"`,
        { details: { anchorId: response.anchor_id } },
      );
    return {
      position,
      anchorId: response.anchor_id,
      heldOut: false,
      text: response.text ?? null,
      score: response.score ?? null,
      gradable: response.score === undefined ? null : true,
      inputTokens: response.input_tokens ?? null,
      outputTokens: response.output_tokens ?? null,
      ttftMs: response.ttft_ms ?? null,
      totalMs: response.total_ms ?? null,
      costUsd: response.cost_usd ?? null,
      reservedUsd: 0,
      attempts: 0,
      error: null,
    };
  });
}
