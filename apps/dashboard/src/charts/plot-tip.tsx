import type { ReactNode } from 'react';
import classes from './charts.module.css';

/** Beside a point of a plot, on the side where there is room. What it says, the point's label says too. */
export function PlotTip(props: { x: number; y: number; width: number; children: ReactNode }) {
  const { x, y, width, children } = props;
  const side = x < width / 2 ? { left: x + 14 } : { right: width - x + 14 };
  return (
    <div className={classes.tip} style={{ top: Math.max(0, y - 20), ...side }} aria-hidden>
      {children}
    </div>
  );
}
