import { z } from 'zod';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const urlWithScheme = (...schemes: string[]) =>
  z.string().refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol), {
    error: `must be a URL that begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`,
  });

const integer = (minimum: number, maximum: number) =>
  z.coerce
    .number({ error: 'must be a whole number' })
    .int({ error: 'must be a whole number' })
    .min(minimum)
    .max(maximum);

const rate = () =>
  z.coerce.number({ error: 'must be a number from 0.5 to 0.999' }).min(0.5).max(0.999);

const secretsKey = () =>
  z
    .string()
    .refine((text) => /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(text), {
      error: 'must be base64 of 32 bytes, as "openssl rand -base64 32" makes it',
    })
    .optional();

/**
 * Every variable that the apps read, with its default and what it is for. The table in the README is
 * made from this schema.
 */
export const configSchema = z.object({
  ZEROROUTER_CONFIG: z
    .string()
    .optional()
    .describe(
      'A YAML file with settings, models and policies (docs/configuration.md); a variable that is set counts before the file.',
    ),
  DATABASE_URL: urlWithScheme('postgres:', 'postgresql:').describe(
    'Postgres 14 or newer; `npm start` supplies it.',
  ),
  DATABASE_MAX_CONNECTIONS: integer(1, 1000)
    .default(10)
    .describe('Size of each app’s own connection pool; the queues hold a few more.'),
  REDIS_URL: urlWithScheme('redis:', 'rediss:')
    .optional()
    .describe(
      'Redis 6.2 or newer with `maxmemory-policy noeviction`, for the queues. Unset: the queues live in Postgres, in the schema `bullmq`.',
    ),
  QUEUE_PREFIX: z
    .string()
    .regex(/^[\w-]{1,32}$/, { error: 'must be 1 to 32 letters, digits, "_" or "-"' })
    .default('zerorouter')
    .describe('First part of every Redis key and channel.'),
  HOST: z
    .string()
    .default('127.0.0.1')
    .describe(
      'Address to listen on. Any other than loopback asks for an API key on every /v1 call.',
    ),
  PORT: integer(0, 65_535).default(3000).describe('Port of the gateway; 0 = any free one.'),
  HEALTH_PORT: integer(0, 65_535)
    .default(0)
    .describe('Port of a worker’s health endpoints; 0 = any free one.'),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info').describe('Logs are one JSON object a line.'),
  SHUTDOWN_TIMEOUT_MS: integer(100, 600_000)
    .default(10_000)
    .describe('How long a stopping app may finish what runs, before it exits all the same.'),
  SHUTDOWN_GRACE_MS: integer(0, 60_000)
    .default(250)
    .describe(
      'How long a stopping gateway still takes requests, no longer ready: behind a balancer, longer than it takes that to look away.',
    ),
  ENCODER: z
    .string()
    .default('use-lite-int8')
    .describe(
      '`use-lite-int8`, `use-lite-fp32`, or the path of a sentence-transformers folder (`tokenizer.json` and `model.onnx`).',
    ),
  ENCODER_CACHE_DIR: z
    .string()
    .optional()
    .describe('Where the default encoder is built once; unset: `.zerorouter/encoder` here.'),
  ENCODER_POOLING: z
    .enum(['mean', 'cls'])
    .default('mean')
    .describe('How a sentence-transformers encoder makes one vector of a window.'),
  ENCODER_MAX_TOKENS: integer(8, 8192)
    .default(256)
    .describe('Tokens of one window of a sentence-transformers encoder.'),
  ENCODER_NORMALIZE: z
    .enum(['true', 'false'])
    .default('false')
    .describe('Whether vectors of a sentence-transformers encoder are scaled to unit length.'),
  ENCODER_QUERY_PREFIX: z
    .string()
    .optional()
    .describe('Put before every text, for encoders that were trained so (`query: `).'),
  PREDICTOR_SESSIONS: integer(1, 256)
    .optional()
    .describe('Texts that a predictor encodes side by side; unset: one a core.'),
  PREDICTION_TIMEOUT_MS: integer(100, 120_000)
    .default(10_000)
    .describe('How long the gateway waits for a prediction before it answers 503.'),
  PREDICTION_CACHE_SIZE: integer(0, 10_000_000)
    .default(20_000)
    .describe('Predictions that a gateway remembers, by the hash of the text; 0 = none.'),
  PROFILE_REFRESH_S: integer(1, 3600)
    .default(30)
    .describe('How often the gateway reads profiles again, besides being told of changes.'),
  DEFAULT_POLICY: z
    .string()
    .default('balanced')
    .describe('Policy of requests that name none: a preset or the name of a stored one.'),
  EXPLORATION_SHARE: z.coerce
    .number({ error: 'must be a number from 0 to 1' })
    .min(0)
    .max(1)
    .default(0)
    .describe(
      'Share of decisions that may go to a nearly as good model whose profile is young, to learn of it; 0 = none.',
    ),
  MAX_PROMPT_CHARS: integer(1, 100_000_000)
    .default(1_000_000)
    .describe('Longest conversation, in characters of text.'),
  MAX_BODY_BYTES: integer(1024, 1_073_741_824).default(8_388_608).describe('Largest request body.'),
  BATCH_MAX_ITEMS: integer(1, 10_000_000).default(1_000_000).describe('Most items of one batch.'),
  BATCH_MAX_UPLOADS: integer(1, 100)
    .default(4)
    .describe(
      'Batches that a gateway takes in side by side; each holds one of DATABASE_MAX_CONNECTIONS.',
    ),
  BATCH_RETENTION_HOURS: integer(1, 87_600)
    .default(168)
    .describe('How long the texts of a batch are kept, from its upload; results stay.'),
  DECISION_RETENTION_DAYS: integer(1, 36_500)
    .optional()
    .describe(
      'How long decisions are kept, with the feedback and the labels on them; unset: for ever. Reports know no more than is kept.',
    ),
  BATCH_SWEEP_MS: integer(100, 600_000)
    .default(10_000)
    .describe(
      'How often unfinished batches are looked for that make no progress, to put their work back into the queue.',
    ),
  KEY_RESERVATION_MS: integer(1000, 600_000)
    .default(60_000)
    .describe(
      'How long the money that is set aside for a call of a key with a budget stays so without being renewed: as long as a gateway that was killed holds it.',
    ),
  AUDIT_RETENTION_DAYS: integer(1, 36_500)
    .default(365)
    .describe('How long the audit log of /admin/v1 is kept.'),
  FEEDBACK_SENSITIVITY: rate()
    .default(0.95)
    .describe(
      'How often a source of feedback of which nothing is known yet calls right answers right; its own rate is learnt where sources judge the same answer.',
    ),
  FEEDBACK_SPECIFICITY: rate()
    .default(0.95)
    .describe('How often such a source calls wrong answers wrong.'),
  FEEDBACK_DOUBLING_DAYS: integer(1, 3650)
    .default(30)
    .describe('Days in which the variance of an ability doubles while it learns from feedback.'),
  SENTINEL_INTERVAL_S: integer(0, 2_592_000)
    .default(0)
    .describe(
      'How often every model in traffic that has a deployment and prices is asked a few anchors again, to notice drift; 0 = never.',
    ),
  SENTINEL_MAX_COST_USD: z.coerce
    .number({ error: 'must be a number' })
    .min(0)
    .max(1000)
    .default(0.05)
    .describe('Most that the sentinel anchors of one model may cost each time.'),
  REPROFILE_ON_DRIFT: z
    .enum(['true', 'false'])
    .default('false')
    .describe(
      'Whether a model in traffic that has drifted, by feedback, by the length of its answers or by sentinels, is measured again without being told to; it needs a deployment and prices.',
    ),
  REPROFILE_MAX_COST_USD: z.coerce
    .number({ error: 'must be a number' })
    .min(0)
    .max(1000)
    .default(1)
    .describe('Most that one such onboarding may cost.'),
  REPROFILE_MIN_INTERVAL_S: integer(0, 31_536_000)
    .default(86_400)
    .describe('Least time between two such onboardings of one model.'),
  SECRETS_KEY: secretsKey().describe(
    'Seals the API keys of deployments in the database: `openssl rand -base64 32`, the same for gateway and profiler; `npm start` makes and keeps one. Unset: no API key can be stored.',
  ),
  SECRETS_KEY_PREVIOUS: secretsKey().describe(
    'The key before SECRETS_KEY, while API keys are stored that it has sealed.',
  ),
  PROVIDER_ALLOW_PRIVATE: z
    .enum(['true', 'false'])
    .default('false')
    .describe(
      'Whether deployments on this machine and on private networks may be called, over http:// too: Ollama and vLLM on your own network need it. Whoever may add models can then reach what these apps can reach.',
    ),
  CHAT_TIMEOUT_MS: integer(100, 3_600_000)
    .default(600_000)
    .describe(
      'How long the models that may answer a request have in all, to the first byte of an answer.',
    ),
  CHAT_ATTEMPT_TIMEOUT_MS: integer(100, 3_600_000)
    .optional()
    .describe(
      'How long a single call may take to its first byte before the next deployment is tried; unset: as long as CHAT_TIMEOUT_MS leaves. An answer that is not streamed begins when it is complete.',
    ),
  CHAT_IDLE_TIMEOUT_MS: integer(100, 3_600_000)
    .default(120_000)
    .describe('Longest pause between two pieces of an answer, after which it is cut off.'),
  CHAT_REST_MS: integer(10, 600_000)
    .default(10_000)
    .describe(
      'How long a deployment rests after five failures in a row, before one request is let through to see; it doubles while that fails.',
    ),
  CHAT_STREAM_USAGE: z
    .enum(['true', 'false'])
    .default('true')
    .describe(
      'Whether providers are asked for the token counts of streams whose client does not ask for them; what that adds to the stream is taken out again. `false`: the cost of such streams is estimated from their characters.',
    ),
  BASELINE_MODEL: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The model that you would use for everything without a router: every decision records what it would have cost, and the savings report compares. Unset: nothing is compared.',
    ),
  SESSION_TTL_S: integer(0, 86_400)
    .default(600)
    .describe(
      'How long after its last turn a conversation may be kept on its model, for the sake of the provider’s prompt cache; 0 = never.',
    ),
  EMBEDDINGS_MODEL: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The model that "auto" stands for on /v1/embeddings; unset: a request must name one.',
    ),
  RESPONSES_MODEL: z
    .string()
    .min(1)
    .optional()
    .describe('The model that "auto" stands for on /v1/responses; unset: a request must name one.'),
  OTEL_EXPORTER_OTLP_ENDPOINT: urlWithScheme('http:', 'https:')
    .optional()
    .describe(
      'Where traces are sent, by OTLP over HTTP (`http://127.0.0.1:4318`); unset: none are made. The other OTEL_* variables of OpenTelemetry’s SDK count as well.',
    ),
  OTEL_TRACES_EXPORTER: z
    .enum(['otlp', 'none'])
    .optional()
    .describe(
      '`otlp` sends traces to the standard endpoint without OTEL_EXPORTER_OTLP_ENDPOINT; `none` turns them off.',
    ),
  CALIBRATION_DATA_DIR: z
    .string()
    .optional()
    .describe('Folder whose sub-folders calibration jobs may read; unset: they are refused.'),
});

/** The configuration of one app: frozen, complete, read once at boot. */
export type Config = Readonly<z.infer<typeof configSchema>>;
