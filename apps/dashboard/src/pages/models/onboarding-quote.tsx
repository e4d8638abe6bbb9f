import type { OnboardingQuote } from '@zerorouter/contracts';
import { Facts } from '../../components/facts.js';
import { formatCount, formatMs, formatPercent, formatUsd } from '../../format/format.js';

/** What a run would cost and tell, before anything is called. */
export function OnboardingQuoteFacts({ quote }: { quote: OnboardingQuote }) {
  const { before, after } = quote.accuracy_sd;
  return (
    <section aria-label="Quote">
      <Facts
        rows={[
          ['Anchors', `${formatCount(quote.anchors)} of ${quote.anchor_set}`],
          [
            'Cost',
            `${formatUsd(quote.expected_cost_usd)} expected${quote.highest_cost_usd === null ? '' : `, ${formatUsd(quote.highest_cost_usd)} if every answer were as long as it may be`}`,
          ],
          ['The cap pays for', `${formatCount(quote.affordable_anchors)} anchors`],
          ['Time', `about ${formatMs(quote.expected_minutes * 60_000)}`],
          [
            'Uncertainty of its accuracy',
            `± ${formatPercent(before)} now, ± ${formatPercent(after)} then`,
          ],
        ]}
      />
    </section>
  );
}
