import { Button, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { keysQuery, namesQuery } from '../../api/queries.js';
import classes from './decision-filter-form.module.css';
import type { DecisionFilter } from './decision-filter.js';

/** Narrows the list down, or goes to the one decision whose id is known. */
export function DecisionFilterForm({ filter }: { filter: DecisionFilter }) {
  const navigate = useNavigate();
  const names = useQuery(namesQuery);
  const keys = useQuery(keysQuery);
  const [id, setId] = useState('');
  const change = (changes: DecisionFilter) =>
    void navigate({
      to: '/decisions',
      search: Object.fromEntries(
        Object.entries({ ...filter, ...changes }).filter(
          ([, value]) => value !== undefined && value !== '',
        ),
      ),
      replace: true,
    });
  const day = (name: 'from' | 'to', label: string) => (
    <TextInput
      type="date"
      label={label}
      value={filter[name] ?? ''}
      onChange={(event) => change({ [name]: event.currentTarget.value })}
      className={classes.day}
    />
  );
  return (
    <div className={classes.fields}>
      <form
        className={classes.open}
        onSubmit={(event) => {
          event.preventDefault();
          if (id.trim() !== '') void navigate({ to: '/decisions/$id', params: { id: id.trim() } });
        }}
      >
        <TextInput
          label="Decision id"
          placeholder="dec_…"
          value={id}
          onChange={(event) => setId(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={id.trim() === ''}>
          Open
        </Button>
      </form>
      <Select
        label="Chosen model"
        placeholder="any"
        data={withChosen(names.data?.models ?? [], filter.model)}
        value={filter.model ?? null}
        onChange={(model) => change({ model: model ?? undefined })}
        searchable
        clearable
        className={classes.model}
      />
      <Select
        label="Policy"
        placeholder="any"
        data={withChosen(names.data?.policies ?? [], filter.policy)}
        value={filter.policy ?? null}
        onChange={(policy) => change({ policy: policy ?? undefined })}
        searchable
        clearable
        className={classes.choice}
      />
      <Select
        label="Key"
        placeholder="any"
        data={(keys.data?.data ?? []).map(({ id: value, name }) => ({ value, label: name }))}
        value={filter.key_id ?? null}
        onChange={(key_id) => change({ key_id: key_id ?? undefined })}
        searchable
        clearable
        className={classes.choice}
      />
      {day('from', 'From')}
      {day('to', 'To')}
      {Object.keys(filter).length > 0 && (
        <Button variant="subtle" onClick={() => void navigate({ to: '/decisions', search: {} })}>
          Show all
        </Button>
      )}
    </div>
  );
}

/** A model that is gone, or a policy by its weights, may have made decisions all the same. */
function withChosen(names: readonly string[], chosen: string | undefined): string[] {
  return chosen === undefined || names.includes(chosen) ? [...names] : [chosen, ...names];
}
