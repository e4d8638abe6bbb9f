import { Fieldset, SimpleGrid, TagsInput, TextInput } from '@mantine/core';
import type { KnownForm, ModelFormErrors } from './model-form.js';

const CAPABILITIES = ['tools', 'vision', 'audio', 'json'];

/** What people know of a model, and need not measure. */
export function KnownFields(props: {
  form: KnownForm;
  errors: ModelFormErrors;
  onChange: (changes: Partial<KnownForm>) => void;
}) {
  const { form, errors, onChange } = props;
  const field = (name: Exclude<keyof KnownForm, 'capabilities'>) => ({
    value: form[name],
    error: errors[name],
    onChange: (event: { currentTarget: { value: string } }) =>
      onChange({ [name]: event.currentTarget.value }),
  });
  return (
    <Fieldset legend="What is known of it">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm" verticalSpacing="sm">
        <TextInput
          label="USD per million input tokens"
          inputMode="decimal"
          {...field('inputPrice')}
        />
        <TextInput
          label="USD per million output tokens"
          inputMode="decimal"
          {...field('outputPrice')}
        />
        <TextInput
          label="USD per million cached tokens"
          placeholder="as any other input"
          inputMode="decimal"
          {...field('cachedPrice')}
        />
        <TextInput type="date" label="These prices held on" {...field('pricesAsOf')} />
        <TextInput
          label="Where they were read"
          placeholder="https://…"
          {...field('pricesSource')}
        />
        <TextInput label="Context window, tokens" inputMode="numeric" {...field('contextWindow')} />
        <TextInput label="Size, billions of parameters" inputMode="decimal" {...field('size')} />
        <TagsInput
          label="Capabilities"
          placeholder={form.capabilities.length === 0 ? 'not known' : undefined}
          data={CAPABILITIES}
          value={form.capabilities}
          error={errors.capabilities}
          onChange={(capabilities) => onChange({ capabilities })}
        />
      </SimpleGrid>
    </Fieldset>
  );
}
