import { modelPatchSchema, modelRequestSchema } from '@zerorouter/contracts';
import type { AdminModel, ModelPatch, ModelRequest } from '@zerorouter/contracts';
import { changedParts, placeErrors, readForm, toNumber } from '../../forms/read-form.js';
import type { FormErrors, FormFields, ReadForm } from '../../forms/read-form.js';

/** What people know of a model: text as it was typed. */
export interface KnownForm {
  /** USD per million tokens. */
  inputPrice: string;
  outputPrice: string;
  cachedPrice: string;
  /** The day on which they held, `2030-01-31`, and where they were read. */
  pricesAsOf: string;
  pricesSource: string;
  contextWindow: string;
  /** Billions of parameters. */
  size: string;
  capabilities: string[];
}

/** What the form of a new model holds beside it. */
export interface ModelForm extends KnownForm {
  name: string;
  baseUrl: string;
  apiKey: string;
  upstreamModel: string;
  authHeader: string;
}

export const EMPTY_MODEL: ModelForm = {
  name: '',
  baseUrl: '',
  apiKey: '',
  upstreamModel: '',
  authHeader: '',
  inputPrice: '',
  outputPrice: '',
  cachedPrice: '',
  pricesAsOf: '',
  pricesSource: '',
  contextWindow: '',
  size: '',
  capabilities: [],
};

export type ModelFormErrors = FormErrors<keyof ModelForm>;

const FIELDS: FormFields<keyof ModelForm> = [
  ['name', 'name'],
  ['deployments.0.base_url', 'baseUrl'],
  ['deployments.0.api_key', 'apiKey'],
  ['deployments.0.upstream_model', 'upstreamModel'],
  ['deployments.0.auth_header', 'authHeader'],
  ['prices.input_per_mtok', 'inputPrice'],
  ['prices.output_per_mtok', 'outputPrice'],
  ['prices.cached_input_per_mtok', 'cachedPrice'],
  ['prices.as_of', 'pricesAsOf'],
  ['prices.source', 'pricesSource'],
  ['context_window', 'contextWindow'],
  ['size_b', 'size'],
  ['capabilities', 'capabilities'],
];

export function readModelForm(form: ModelForm): ReadForm<ModelRequest, keyof ModelForm> {
  return readForm(modelRequestSchema, toRequest(form), FIELDS);
}

/** The form of what is known of a model. */
export function formOfModel({ prices, ...model }: AdminModel): KnownForm {
  return {
    inputPrice: String(prices?.input_per_mtok ?? ''),
    outputPrice: String(prices?.output_per_mtok ?? ''),
    cachedPrice: String(prices?.cached_input_per_mtok ?? ''),
    pricesAsOf: prices?.as_of ?? '',
    pricesSource: prices?.source ?? '',
    contextWindow: String(model.context_window ?? ''),
    size: String(model.size_b ?? ''),
    capabilities: model.capabilities,
  };
}

/** What was changed in the form since `before`; what was emptied is not known any more. */
export function readModelChange(
  form: KnownForm,
  before: KnownForm,
): ReadForm<ModelPatch, keyof ModelForm> {
  return readForm(modelPatchSchema, changedParts(knownOf(form), knownOf(before)), FIELDS);
}

/** What the gateway says of a request, at the fields that it came from. */
export const placeModelErrors = (errors: readonly { path: string; message: string }[]) =>
  placeErrors(errors, FIELDS);

function toRequest(form: ModelForm): object {
  const { name, baseUrl, apiKey, upstreamModel, authHeader } = form;
  const deployed = [baseUrl, apiKey, upstreamModel, authHeader].some((text) => text.trim() !== '');
  const known = Object.entries(knownOf(form)).filter(([, value]) => value !== null);
  return {
    name,
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
    ...Object.fromEntries(known),
  };
}

/** As the contract has it; null = not known. */
function knownOf(form: KnownForm) {
  const { inputPrice, outputPrice, cachedPrice, pricesAsOf, pricesSource } = form;
  const texts = [inputPrice, outputPrice, cachedPrice, pricesAsOf, pricesSource];
  return {
    prices: texts.every((text) => text.trim() === '')
      ? null
      : {
          input_per_mtok: toNumber(inputPrice),
          output_per_mtok: toNumber(outputPrice),
          ...(cachedPrice.trim() === '' ? {} : { cached_input_per_mtok: toNumber(cachedPrice) }),
          ...given('as_of', pricesAsOf),
          ...given('source', pricesSource),
        },
    context_window: form.contextWindow.trim() === '' ? null : toNumber(form.contextWindow),
    size_b: form.size.trim() === '' ? null : toNumber(form.size),
    capabilities: form.capabilities,
  };
}

const given = (name: string, text: string) => (text.trim() === '' ? {} : { [name]: text.trim() });
