import type { AlertStore } from '@zerorouter/database';
import type { Logger, Metrics } from '@zerorouter/platform';
import { COLLAPSE, CollapseWatch } from './collapse-watch.js';
import type { CollapseSettings, WatchedChoice } from './collapse-watch.js';

/** Decisions after which the window is looked at again. */
const LOOK_EVERY = 50;

/** Raises an alert when this gateway's routing has collapsed, and shows how far from it it is. */
export class CollapseAlarm {
  private readonly watch: CollapseWatch;
  private sinceLook = 0;
  private collapsed = false;

  constructor(
    metrics: Metrics,
    private readonly alerts: Pick<AlertStore, 'create'>,
    private readonly logger: Logger,
    private readonly settings: CollapseSettings = COLLAPSE,
  ) {
    this.watch = new CollapseWatch(settings);
    const gauges = {
      decisions: metrics.gauge(
        'zerorouter_routing_window_decisions',
        'Last decisions with a choice that the other figures of routing are about',
      ),
      topShare: metrics.gauge(
        'zerorouter_routing_top_share',
        'Share of the most chosen model in them',
      ),
      dearestShare: metrics.gauge(
        'zerorouter_routing_dearest_share',
        'Share of them that took the dearest model there was',
      ),
      entropyBits: metrics.gauge(
        'zerorouter_routing_entropy_bits',
        'Entropy of the choices in them, bits: 0 = always the same model',
      ),
    };
    const collapsed = metrics.gauge(
      'zerorouter_routing_collapsed',
      '1 = nearly always the same model, or nearly always the dearest',
    );
    metrics.beforeScrape('routing', () => {
      const { state } = this.watch;
      gauges.decisions.set(state.decisions);
      gauges.topShare.set(state.topShare);
      gauges.dearestShare.set(state.dearestShare);
      gauges.entropyBits.set(state.entropyBits);
      collapsed.set(state.collapsed ? 1 : 0);
    });
  }

  note(choice: WatchedChoice): void {
    this.watch.add(choice);
    if (++this.sinceLook < LOOK_EVERY) return;
    this.sinceLook = 0;
    const { state } = this.watch;
    if (state.collapsed && !this.collapsed) this.raise();
    this.collapsed = state.collapsed;
  }

  /** No decision waits for it. */
  private raise(): void {
    const { decisions, topShare, topModel, dearestShare, entropyBits } = this.watch.state;
    const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
    const message = `routing has collapsed: of the last ${decisions} decisions with a choice ${percent(topShare)} took "${topModel ?? ''}" and ${percent(dearestShare)} the dearest model there was; see whether the policies' weights, the profiles and the space still tell queries apart`;
    this.logger.warn({ decisions, topShare, topModel, dearestShare, entropyBits }, message);
    this.alerts
      .create({
        kind: 'routing-collapse',
        modelId: null,
        message,
        evidence: {
          decisions,
          top_model: topModel,
          top_share: topShare,
          dearest_share: dearestShare,
          entropy_bits: entropyBits,
          threshold: this.settings.share,
        },
      })
      .catch((error: unknown) => this.logger.error({ err: error }, 'an alert could not be stored'));
  }
}
