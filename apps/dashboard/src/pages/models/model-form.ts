import { modelRequestSchema } from '@zerorouter/contracts';
import type { ModelRequest } from '@zerorouter/contracts';

/** What the form of a new model holds: text as it was typed. */
export interface ModelForm {
  name: string;
  baseUrl: string;
  apiKey: string;
  upstreamModel: string;
  authHeader: string;
  /** USD per million tokens. */
  inputPrice: string;
  outputPrice: string;
  contextWindow: string;
  /** Billions of parameters. */
  size: string;
  capabilities: string[];
}

export const EMPTY_MODEL: ModelForm = {
  name: '',
  baseUrl: '',
  apiKey: '',
  upstreamModel: '',
  authHeader: '',
  inputPrice: '',
  outputPrice: '',
  contextWindow: '',
  size: '',
  capabilities: [],
};

export type ModelFormErrors = Partial<Record<keyof ModelForm, string>>;

/** Where each part of the request stands in the form. */
const FIELDS: readonly (readonly [path: string, field: keyof ModelForm])[] = [
  ['name', 'name'],
  ['deployments.0.base_url', 'baseUrl'],
  ['deployments.0.api_key', 'apiKey'],
  ['deployments.0.upstream_model', 'upstreamModel'],
  ['deployments.0.auth_header', 'authHeader'],
  ['prices.input_per_mtok', 'inputPrice'],
  ['prices.output_per_mtok', 'outputPrice'],
  ['context_window', 'contextWindow'],
  ['size_b', 'size'],
  ['capabilities', 'capabilities'],
];

/** The request, held to its contract; or what is wrong, field by field. */
export function readModelForm(
  form: ModelForm,
): { request: ModelRequest; errors: null } | { request: null; errors: ModelFormErrors } {
  const parsed = modelRequestSchema.safeParse(toRequest(form));
  if (parsed.success) return { request: parsed.data, errors: null };
  return {
    request: null,
    errors: placeErrors(
      parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
    ),
  };
}

/** What the gateway (or the contract) says of parts of the request, at the fields that they came from. */
export function placeErrors(errors: readonly { path: string; message: string }[]): ModelFormErrors {
  const placed: ModelFormErrors = {};
  for (const { path, message } of errors) {
    const field = FIELDS.find(([start]) => path === start || path.startsWith(`${start}.`))?.[1];
    if (field !== undefined) placed[field] ??= message;
  }
  return placed;
}

function toRequest(form: ModelForm): object {
  const { baseUrl, apiKey, upstreamModel, authHeader, inputPrice, outputPrice } = form;
  const deployed = [baseUrl, apiKey, upstreamModel, authHeader].some((text) => text.trim() !== '');
  const priced = inputPrice.trim() !== '' || outputPrice.trim() !== '';
  return {
    name: form.name,
    deployments: deployed
      ? [
          {
            base_url: baseUrl.trim(),
            ...given('api_key', apiKey),
            ...given('upstream_model', upstreamModel),
            ...given('auth_header', authHeader),
          },
        ]
      : [],
    ...(priced
      ? { prices: { input_per_mtok: toNumber(inputPrice), output_per_mtok: toNumber(outputPrice) } }
      : {}),
    ...number('context_window', form.contextWindow),
    ...number('size_b', form.size),
    capabilities: form.capabilities,
  };
}

const given = (name: string, text: string) => (text.trim() === '' ? {} : { [name]: text.trim() });
const number = (name: string, text: string) =>
  text.trim() === '' ? {} : { [name]: toNumber(text) };

/** What is no number stays text, so that the contract refuses it. */
function toNumber(text: string): number | string {
  const value = Number(text);
  return text.trim() === '' || !Number.isFinite(value) ? text : value;
}
