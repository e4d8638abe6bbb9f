import { Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import type { RouteCandidate } from '@zerorouter/contracts';
import { useState } from 'react';
import { EmptyState } from '../../components/empty-state.js';
import { ErrorState } from '../../components/error-state.js';
import { Loading } from '../../components/loading.js';
import { PageHeader } from '../../components/page-header.js';
import { Panel } from '../../components/panel.js';
import { AxesPanel } from './axes-panel.js';
import { CandidatePlot } from './candidate-plot.js';
import { ChangePanel } from './change-panel.js';
import { ChoicePanel } from './choice-panel.js';
import classes from './playground-page.module.css';
import { PolicyDial } from './policy-dial.js';
import { isUsable } from './policy-weights.js';
import { QueryPanel } from './query-panel.js';
import { choose } from './rerank.js';
import { FIRST_WEIGHTS, useRouting } from './use-routing.js';
import type { Question } from './use-routing.js';

const EXAMPLES = [
  'What is the capital of France?',
  'Prove that the square root of 2 is irrational.',
  'Write a SQL query that finds the second highest salary in each department.',
];

export function PlaygroundPage() {
  const [question, setQuestion] = useState<Question>({
    text: '',
    models: '',
    weights: FIRST_WEIGHTS,
  });
  const change = (part: Partial<Question>) => setQuestion((earlier) => ({ ...earlier, ...part }));
  const { query, answered, units, isWaiting } = useRouting(question);
  const { weights } = question;

  const predicted = units === null ? null : choose(units, weights);
  const settled = answered !== undefined && !isWaiting;
  const chosen = chosenOf(
    answered?.response.candidates,
    settled ? null : predicted,
    answered?.response.model,
  );
  return (
    <>
      <PageHeader
        title="Playground"
        about="Type a query and pause: the router tells which model it would send it to, and why. Each answer is a decision like any other, and is stored as one."
      />
      <div className={classes.grid}>
        <Stack className={classes.ask}>
          <Panel title="Ask">
            <Stack gap="sm">
              <Textarea
                label="Query"
                placeholder="Type or paste a query"
                autosize
                minRows={4}
                maxRows={12}
                value={question.text}
                onChange={(event) => change({ text: event.currentTarget.value })}
              />
              {question.text === '' && (
                <Group gap={6}>
                  {EXAMPLES.map((text) => (
                    <Button
                      key={text}
                      size="compact-sm"
                      variant="default"
                      className={classes.example}
                      onClick={() => change({ text })}
                    >
                      {text}
                    </Button>
                  ))}
                </Group>
              )}
              <TextInput
                label="Models"
                description="Patterns, between commas; empty = all"
                placeholder="openai/*, mistralai/*"
                value={question.models}
                onChange={(event) => change({ models: event.currentTarget.value })}
              />
            </Stack>
          </Panel>
          <Panel title="Policy" about="What counts how much; the choice follows as you move.">
            <PolicyDial weights={weights} onChange={(next) => change({ weights: next })} />
            {!isUsable(weights) && (
              <Text size="sm" c="red" mt="sm" role="alert">
                Set at least one weight above 0.
              </Text>
            )}
          </Panel>
        </Stack>
        <Stack className={classes.answer} aria-busy={isWaiting}>
          {query.isError && question.text.trim() !== '' && (
            <ErrorState error={query.error} onRetry={() => void query.refetch()} />
          )}
          {answered === undefined || chosen === undefined ? (
            <Panel>
              {query.isFetching ? (
                <Loading lines={8} />
              ) : (
                <EmptyState title="Nothing asked yet" icon="play">
                  The models appear here by cost and by how likely each is to be right.
                </EmptyState>
              )}
            </Panel>
          ) : (
            <>
              <div className={classes.top}>
                <ChoicePanel chosen={chosen} response={answered.response} settled={settled} />
                <QueryPanel query={answered.response.query} />
              </div>
              <Panel title="Candidates">
                <CandidatePlot candidates={answered.response.candidates} chosen={chosen.model} />
              </Panel>
              <div className={classes.top}>
                {units !== null && (
                  <ChangePanel
                    units={units}
                    weights={weights}
                    chosen={chosen.model}
                    onTry={(next) => change({ weights: next })}
                  />
                )}
                <AxesPanel response={answered.response} chosen={chosen.model} />
              </div>
            </>
          )}
        </Stack>
      </div>
    </>
  );
}

function chosenOf(
  candidates: readonly RouteCandidate[] | undefined,
  predicted: string | null,
  decided: string | undefined,
): RouteCandidate | undefined {
  return candidates?.find(({ model }) => model === (predicted ?? decided));
}
