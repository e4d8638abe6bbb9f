import { Stack, Text } from '@mantine/core';
import type { BatchItemInput } from '@zerorouter/contracts';
import type { UseQueryResult } from '@tanstack/react-query';
import { QueryView } from '../../components/query-view.js';
import { formatCount } from '../../format/format.js';
import classes from './items-preview.module.css';
import type { ItemsPreview } from './preview-items.js';

/** What a file holds, as far as its beginning tells; nothing has been sent yet. */
export function ItemsPreviewBox(props: { file: File; query: UseQueryResult<ItemsPreview> }) {
  const { file, query } = props;
  return (
    <QueryView query={query}>
      {({ items, count, exact, problem }) => (
        <Stack gap={4} className={classes.box}>
          <Text size="sm">
            {exact ? formatCount(count) : `about ${formatCount(count)}`} items,{' '}
            {formatCount(Math.ceil(file.size / 1_000))} kB
          </Text>
          {problem !== null && (
            <Text size="sm" c="var(--zr-bad)" role="alert">
              Line {formatCount(problem.line)}: {problem.message}
            </Text>
          )}
          <ul className={classes.items} aria-label="First items">
            {items.map((item) => (
              <li key={item.custom_id} className={classes.item}>
                <code>{item.custom_id}</code> {textOf(item)}
              </li>
            ))}
          </ul>
        </Stack>
      )}
    </QueryView>
  );
}

function textOf({ query, messages }: BatchItemInput): string {
  if (query !== undefined) return query;
  const content = messages?.at(-1)?.content;
  return typeof content === 'string' ? content : `${messages?.length ?? 0} messages`;
}
