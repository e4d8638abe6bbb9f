import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './stat.module.css';

/** One figure with its name, and what is needed to read it right. Several stand in a `StatRow`. */
export function Stat(props: { label: string; value: ReactNode; note?: ReactNode }) {
  const { label, value, note } = props;
  return (
    <div className={classes.stat}>
      <dt className={classes.label}>{label}</dt>
      <dd className={classes.value}>{value}</dd>
      {note !== undefined && (
        <dd className={classes.note}>
          <Text size="sm" c="dimmed" component="span">
            {note}
          </Text>
        </dd>
      )}
    </div>
  );
}

export function StatRow({ children }: { children: ReactNode }) {
  return <dl className={classes.row}>{children}</dl>;
}
