import type { Child } from './element.js';
import { h } from './element.js';
import { STYLE } from './style.js';

/**
 * A page that stands by itself: no script, nothing from elsewhere, and one style element, so that a content
 * security policy can name all of it by a hash.
 */
export function renderPage(title: string, ...content: readonly Child[]): string {
  const page = h(
    'html',
    { lang: 'en' },
    h(
      'head',
      {},
      h('meta', { charset: 'utf-8' }),
      h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      h('title', {}, escapeMarkup(title)),
      h('style', {}, STYLE),
    ),
    h('body', {}, h('main', {}, h('h1', {}, title), ...content)),
  );
  return `<!doctype html>\n${page.outerHTML}\n`;
}

/** The serializer writes the text of a title as it stands, and `</title>` in a name would end it. */
function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
