import { Button } from '@mantine/core';
import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { Icon } from '../components/icon.js';
import classes from './charts.module.css';
import { useWidth } from './use-width.js';

/**
 * A plot in a figure: `summary` says in a sentence what is to be seen, and `table` shows the same
 * numbers to whoever prefers or needs them so.
 */
export function ChartFrame(props: {
  title: string;
  summary: string;
  height: number;
  children: (size: { width: number; height: number }) => ReactNode;
  table?: ReactNode;
  legend?: ReactNode;
}) {
  const { title, summary, height, children, table, legend } = props;
  const { ref, width } = useWidth<HTMLDivElement>();
  const [asTable, setAsTable] = useState(false);
  const summaryId = useId();
  return (
    <figure className={classes.figure} aria-label={title} aria-describedby={summaryId}>
      <figcaption id={summaryId} className={classes.caption}>
        {summary}
      </figcaption>
      {legend !== undefined && !asTable && <div className={classes.legend}>{legend}</div>}
      <div ref={ref} className={classes.canvas} style={{ minHeight: asTable ? undefined : height }}>
        {asTable ? table : width > 0 && children({ width, height })}
      </div>
      {table !== undefined && (
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<Icon name="table" size={16} />}
          onClick={() => setAsTable(!asTable)}
          aria-pressed={asTable}
        >
          {asTable ? 'Show as a plot' : 'Show as a table'}
        </Button>
      )}
    </figure>
  );
}

/** What a colour or a mark stands for. */
export function LegendEntry({ color, children }: { color: string; children: ReactNode }) {
  return (
    <span className={classes.entry}>
      <svg width="12" height="12" aria-hidden>
        <circle cx="6" cy="6" r="5" fill={color} />
      </svg>
      {children}
    </span>
  );
}
