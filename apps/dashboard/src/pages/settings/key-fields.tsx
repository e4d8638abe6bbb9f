import { Fieldset, Select, SimpleGrid, Stack, TagsInput, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { namesQuery } from '../../api/queries.js';
import type { KeyForm, KeyFormErrors } from './key-form.js';

type TextField = 'name' | 'requestsPerMinute' | 'tokensPerMinute' | 'budgetUsd' | 'expires';

/** The fields of a new key and of one that is changed. */
export function KeyFields(props: {
  form: KeyForm;
  errors: KeyFormErrors;
  onChange: (changes: Partial<KeyForm>) => void;
  /** What stands between the name and the limits. */
  children?: ReactNode;
}) {
  const { form, errors, onChange, children } = props;
  const names = useQuery(namesQuery);
  const field = (name: TextField) => ({
    value: form[name],
    error: errors[name],
    onChange: (event: { currentTarget: { value: string } }) =>
      onChange({ [name]: event.currentTarget.value }),
  });
  return (
    <>
      <TextInput
        label="Name"
        description="Whose it is, or what for"
        required
        data-autofocus
        {...field('name')}
      />
      {children}
      <Fieldset legend="Limits: what is left empty is not limited">
        <Stack gap="sm">
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <TextInput
              label="Requests a minute"
              inputMode="numeric"
              {...field('requestsPerMinute')}
            />
            <TextInput label="Tokens a minute" inputMode="numeric" {...field('tokensPerMinute')} />
            <TextInput label="Budget, USD" inputMode="decimal" {...field('budgetUsd')} />
            <Select
              label="Each"
              data={['hour', 'day', 'month']}
              value={form.period}
              onChange={(period) => period !== null && onChange({ period })}
              error={errors.period}
              allowDeselect={false}
            />
            <Select
              label="Once it is spent"
              data={names.data?.policies ?? []}
              placeholder="refuse"
              description="Or go on by another policy"
              error={errors.downgradeTo}
              value={form.downgradeTo === '' ? null : form.downgradeTo}
              onChange={(policy) => onChange({ downgradeTo: policy ?? '' })}
              clearable
            />
            <TextInput
              type="datetime-local"
              label="Expires"
              description="In your time zone"
              {...field('expires')}
            />
          </SimpleGrid>
          <TagsInput
            label="Only these policies"
            data={names.data?.policies ?? []}
            value={form.policies}
            error={errors.policies}
            onChange={(policies) => onChange({ policies })}
          />
          <TagsInput
            label="Only these models"
            description="Names, or patterns such as openai/*"
            data={names.data?.models ?? []}
            value={form.models}
            error={errors.models}
            onChange={(models) => onChange({ models })}
          />
        </Stack>
      </Fieldset>
    </>
  );
}
