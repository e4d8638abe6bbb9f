import { Anchor, Button, Group, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { labelsResponseSchema, labelSuggestionsSchema } from '@zerorouter/contracts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { send } from '../../api/client.js';
import { keysQuery } from '../../api/queries.js';
import { DataTable } from '../../components/data-table.js';
import { EmptyState } from '../../components/empty-state.js';
import { ErrorState } from '../../components/error-state.js';
import { PageHeader } from '../../components/page-header.js';
import { Panel } from '../../components/panel.js';
import { QueryView } from '../../components/query-view.js';
import { formatCount, formatDateTime, formatNumber } from '../../format/format.js';
import { describeEffect, gradeKey, toLabels } from './grades.js';
import type { Grades } from './grades.js';

const GRADES = [
  { value: '', label: 'Skip' },
  { value: '0', label: 'Wrong' },
  { value: '0.5', label: 'Half' },
  { value: '1', label: 'Right' },
];

/** Queries whose grades would help most, and the grading of them. */
export function LabelsPage() {
  const client = useQueryClient();
  const keys = useQuery(keysQuery);
  const [keyId, setKeyId] = useState<string | null>(null);
  const [grades, setGrades] = useState<Grades>({});
  const query = useQuery({
    queryKey: ['labels', 'suggestions', keyId],
    staleTime: 60_000,
    queryFn: ({ signal }) =>
      send(
        'POST',
        '/admin/v1/labels/suggestions',
        keyId === null ? {} : { key_id: keyId },
        labelSuggestionsSchema,
        { signal },
      ),
  });
  const labels = toLabels(grades);
  const grade = useMutation({
    mutationFn: () => send('POST', '/admin/v1/labels', { labels }, labelsResponseSchema),
    onSuccess: async () => {
      setGrades({});
      await client.invalidateQueries({ queryKey: ['labels'] });
    },
  });
  return (
    <Stack>
      <PageHeader
        title="Labels"
        about="The recent queries, and the model to grade on each, whose grades would improve routing most. Texts are not kept here: find each by its decision in your own records."
      />
      <Group align="flex-end">
        <Select
          label="Decisions of"
          placeholder="the key in use"
          data={(keys.data?.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          value={keyId}
          onChange={(id) => {
            setGrades({});
            setKeyId(id);
          }}
          clearable
        />
        <Button
          disabled={labels.length === 0}
          loading={grade.isPending}
          onClick={() => grade.mutate()}
        >
          {labels.length === 0
            ? 'Send the grades'
            : `Send ${labels.length} ${labels.length === 1 ? 'grade' : 'grades'}`}
        </Button>
      </Group>
      {grade.isError && <ErrorState error={grade.error} />}
      {grade.data !== undefined && <Text role="status">{describeEffect(grade.data)}</Text>}
      <QueryView query={query}>
        {({ suggestions, decisions }) =>
          suggestions.length === 0 ? (
            <EmptyState title="Nothing is worth a grade just now" icon="tag">
              {decisions === 0
                ? 'This key has made no decision in the active space. Choose another key, or route some queries.'
                : `On ${formatCount(decisions)} decisions no grade would change a choice.`}
            </EmptyState>
          ) : (
            <Panel about={`Out of ${formatCount(decisions)} decisions.`}>
              <DataTable
                label="What to grade"
                rows={suggestions}
                rowKey={gradeKey}
                columns={[
                  {
                    key: 'decision',
                    header: 'Decision',
                    width: 190,
                    cell: ({ decision_id, created_at }) => (
                      <Anchor component={Link} size="sm" to={`/decisions/${decision_id}`}>
                        {formatDateTime(created_at)}
                      </Anchor>
                    ),
                  },
                  {
                    key: 'model',
                    header: 'Grade the answer of',
                    cell: ({ model }) => model,
                    width: 215,
                  },
                  {
                    key: 'chosen',
                    header: 'Chosen was',
                    cell: ({ chosen_model }) => chosen_model,
                    width: 215,
                  },
                  {
                    key: 'gain',
                    header: 'Gain',
                    cell: ({ expected_gain }) => formatNumber(expected_gain),
                    sortValue: ({ expected_gain }) => expected_gain,
                    align: 'right',
                    width: 90,
                  },
                  {
                    key: 'grade',
                    header: 'Grade',
                    width: 250,
                    cell: (suggestion) => (
                      <SegmentedControl
                        size="xs"
                        aria-label={`Grade of ${suggestion.model}`}
                        data={GRADES}
                        value={grades[gradeKey(suggestion)] ?? ''}
                        onChange={(value) =>
                          setGrades((before) => ({ ...before, [gradeKey(suggestion)]: value }))
                        }
                      />
                    ),
                  },
                ]}
              />
            </Panel>
          )
        }
      </QueryView>
    </Stack>
  );
}
