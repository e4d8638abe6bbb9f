/** Fields that hold secrets or words of people, at whatever depth they turn up. */
const SECRET_FIELDS = new Set([
  'authorization',
  'apikey',
  'api_key',
  'cookie',
  'password',
  'secret',
  'token',
]);
const TEXT_FIELDS = new Set([
  'text',
  'texts',
  'query',
  'messages',
  'content',
  'system',
  'prompt',
  'input',
  'body',
  'payload',
]);

const CENSOR = '[redacted]';
const DEEPEST = 8;

/** What keys look like, ours and those of providers, and passwords within URLs. */
const SECRETS =
  /\bzr_[\w-]{6,}|\b(?:sk|pk|rk|gsk|xai)-[\w-]{6,}|\bBearer\s+[^\s"\\]+|\bBasic\s+[A-Za-z0-9+/=]{8,}|(?<=:\/\/[^\s:@/"\\]*:)[^\s@/"\\]+(?=@)/g;

/** A copy whose secret and text fields are blanked; errors stay as they are, for their serializer. */
export function redactFields(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Error) return value;
  if (depth > DEEPEST) return CENSOR;
  if (Array.isArray(value)) return value.map((one) => redactFields(one, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      isPrivate(name) ? CENSOR : redactFields(field, depth + 1),
    ]),
  );
}

/**
 * A copy for people to look at, in which texts are told by their length: of a job that carries text the rest is
 * worth keeping.
 */
export function redactTexts(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEEPEST) return CENSOR;
  if (Array.isArray(value)) return value.map((one) => redactTexts(one, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      !isPrivate(name)
        ? redactTexts(field, depth + 1)
        : typeof field === 'string'
          ? `[${field.length} characters]`
          : CENSOR,
    ]),
  );
}

/** Blanks whatever looks like a key, wherever in a line it stands. */
export function redactSecrets(line: string): string {
  return line.replace(SECRETS, CENSOR);
}

function isPrivate(name: string): boolean {
  const lower = name.toLowerCase();
  return SECRET_FIELDS.has(lower) || TEXT_FIELDS.has(lower);
}
