/** One decision, as far as collapse is concerned. */
export interface WatchedChoice {
  model: string;
  /** Whether it was the dearest of the models that could be chosen. */
  dearest: boolean;
}

export interface CollapseState {
  /** Decisions in the window. */
  decisions: number;
  /** Share of the model that was chosen most; 0 without decisions. */
  topShare: number;
  topModel: string | null;
  dearestShare: number;
  /** Shannon entropy of the choices, bits: 0 = always the same model. */
  entropyBits: number;
  collapsed: boolean;
}

export interface CollapseSettings {
  /** Decisions that are looked back upon. */
  window: number;
  /** Fewer say nothing. */
  fewest: number;
  /** Share, of one model or of the dearest one each time, from which on routing has collapsed. */
  share: number;
}

/** A router that always takes the same model, or always the dearest, could as well not be there. */
export const COLLAPSE: CollapseSettings = { window: 1_000, fewest: 200, share: 0.95 };

/**
 * Watches the last decisions that had a choice: those with two models or more that nothing excluded. Routers are
 * known to collapse onto the strongest model once their predictions stop telling queries apart.
 */
export class CollapseWatch {
  private readonly choices: WatchedChoice[] = [];
  private readonly counts = new Map<string, number>();
  private next = 0;
  private dearest = 0;

  constructor(private readonly settings: CollapseSettings = COLLAPSE) {}

  add(choice: WatchedChoice): void {
    const oldest = this.choices[this.next];
    if (oldest !== undefined) this.count(oldest, -1);
    this.choices[this.next] = choice;
    this.next = (this.next + 1) % this.settings.window;
    this.count(choice, 1);
  }

  get state(): CollapseState {
    const decisions = this.choices.length;
    let topModel: string | null = null;
    let most = 0;
    let entropyBits = 0;
    for (const [model, count] of this.counts) {
      if (count > most) [topModel, most] = [model, count];
      const share = count / decisions;
      entropyBits -= share * Math.log2(share);
    }
    const { fewest, share } = this.settings;
    const topShare = decisions === 0 ? 0 : most / decisions;
    const dearestShare = decisions === 0 ? 0 : this.dearest / decisions;
    const collapsed = decisions >= fewest && Math.max(topShare, dearestShare) >= share;
    // 0 − 1·log 1 is −0.
    return { decisions, topShare, topModel, dearestShare, entropyBits: entropyBits + 0, collapsed };
  }

  private count({ model, dearest }: WatchedChoice, by: 1 | -1): void {
    const count = (this.counts.get(model) ?? 0) + by;
    if (count === 0) this.counts.delete(model);
    else this.counts.set(model, count);
    if (dearest) this.dearest += by;
  }
}
