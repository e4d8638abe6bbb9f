/** How far a long run is. */
export interface Progress {
  stage: string;
  done: number;
  total: number;
}

export type ProgressListener = (progress: Progress) => void;
