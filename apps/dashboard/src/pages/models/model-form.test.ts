import { describe, expect, it } from '@jest/globals';
import type { AdminModel } from '@zerorouter/contracts';
import {
  EMPTY_MODEL,
  formOfModel,
  placeModelErrors,
  readModelChange,
  readModelForm,
} from './model-form.js';

describe('readModelForm', () => {
  it('makes a request of a name alone', () => {
    expect(readModelForm({ ...EMPTY_MODEL, name: 'acme/a' }).request).toEqual({
      name: 'acme/a',
      deployments: [],
      capabilities: [],
    });
  });

  it('sends numbers as numbers, and nothing for what is empty', () => {
    const { request } = readModelForm({
      ...EMPTY_MODEL,
      name: ' acme/a ',
      baseUrl: 'https://host/v1',
      apiKey: 'sk-1',
      inputPrice: '0.5',
      outputPrice: '2',
      contextWindow: '8192',
      size: '7.5',
      capabilities: ['tools'],
    });
    expect(request).toEqual({
      name: 'acme/a',
      deployments: [{ base_url: 'https://host/v1', api_key: 'sk-1' }],
      prices: { input_per_mtok: 0.5, output_per_mtok: 2 },
      context_window: 8192,
      size_b: 7.5,
      capabilities: ['tools'],
    });
  });

  it('tells what is wrong at the field where it was typed', () => {
    const { errors } = readModelForm({
      ...EMPTY_MODEL,
      name: 'auto',
      baseUrl: 'ftp://host',
      apiKey: 'a b',
      inputPrice: '1',
      contextWindow: 'large',
    });
    expect(Object.keys(errors!).sort()).toEqual([
      'apiKey',
      'baseUrl',
      'contextWindow',
      'name',
      'outputPrice',
    ]);
    expect(errors!.name).toMatch(/must not be "auto"/);
  });
});

it('places what the gateway refuses', () => {
  const errors = [
    { path: 'deployments.0.base_url', message: 'is private' },
    { path: 'capabilities.0', message: 'is odd' },
    { path: 'elsewhere', message: 'x' },
  ];
  expect(placeModelErrors(errors)).toEqual({ baseUrl: 'is private', capabilities: 'is odd' });
});

describe('what is known of a model', () => {
  const prices = {
    input_per_mtok: 1,
    output_per_mtok: 4,
    as_of: '2026-01-31',
    source: 'https://acme.example/prices',
  };
  const known = { prices, context_window: 8_192, size_b: null, capabilities: ['tools'] };
  const before = formOfModel(known as unknown as AdminModel);

  it('is not sent where nothing was changed', () => {
    expect(readModelChange(before, before).request).toEqual({});
  });

  it('is sent where it was changed, and cleared where it was emptied', () => {
    const form = { ...before, cachedPrice: '0.1', contextWindow: '', size: '8' };
    expect(readModelChange(form, before).request).toEqual({
      prices: { ...prices, cached_input_per_mtok: 0.1 },
      context_window: null,
      size_b: 8,
    });
    const none = { inputPrice: '', outputPrice: '', pricesAsOf: '', pricesSource: '' };
    expect(readModelChange({ ...before, ...none }, before).request).toEqual({ prices: null });
  });

  it('is refused at the field where it was typed', () => {
    const form = { ...before, outputPrice: '', cachedPrice: '-1', pricesAsOf: 'soon' };
    expect(Object.keys(readModelChange(form, before).errors!).sort()).toEqual([
      'cachedPrice',
      'outputPrice',
      'pricesAsOf',
    ]);
  });
});
