/**
 * The page's Content-Security-Policy forbids `eval` and styles without its nonce. Imported first:
 * zod would try whether it may compile its schemas, and Mantine's scroll lock would put in a style
 * element of its own.
 */
const scope = globalThis as { __zod_globalConfig?: object; __webpack_nonce__?: string };

export const NONCE =
  document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

scope.__zod_globalConfig = { jitless: true };
scope.__webpack_nonce__ = NONCE;
