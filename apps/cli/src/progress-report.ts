import { Presets, SingleBar } from 'cli-progress';
import type { Progress } from '@zerorouter/pipelines';

/** Progress on stderr: a bar on a terminal, a line now and then elsewhere. */
export class ProgressReport {
  #bar: SingleBar | null = null;
  #stage = '';
  #lastLine = 0;

  readonly listener = (progress: Progress): void => {
    if (process.stderr.isTTY) this.#draw(progress);
    else this.#write(progress);
  };

  end(): void {
    this.#bar?.stop();
    this.#bar = null;
  }

  #draw({ stage, done, total }: Progress): void {
    if (stage !== this.#stage) {
      this.end();
      this.#stage = stage;
      this.#bar = new SingleBar(
        { format: `${stage} [{bar}] {value}/{total} {eta_formatted}`, stream: process.stderr },
        Presets.shades_classic,
      );
      this.#bar.start(total, done);
    } else this.#bar?.update(done);
  }

  #write({ stage, done, total }: Progress): void {
    const now = Date.now();
    if (stage === this.#stage && done < total && now - this.#lastLine < LINE_INTERVAL_MS) return;
    this.#stage = stage;
    this.#lastLine = now;
    process.stderr.write(`${stage} ${done}/${total}\n`);
  }
}

const LINE_INTERVAL_MS = 5_000;
