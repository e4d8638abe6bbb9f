/** Shorter parts of a key occur in ordinary words. */
const TELLTALE_CHARS = 8;

/**
 * A text of a provider's, without the key and without what some of them repeat of it: every word that
 * holds its beginning or its end goes, as do words that are masked with asterisks already.
 */
export function redactKey(text: string, apiKey: string | null): string {
  const parts =
    apiKey === null || apiKey === ''
      ? []
      : [apiKey.slice(0, TELLTALE_CHARS), apiKey.slice(-TELLTALE_CHARS)];
  return text.replaceAll(/\S+/g, (word) =>
    word.includes('***') || parts.some((part) => word.includes(part)) ? '…' : word,
  );
}
