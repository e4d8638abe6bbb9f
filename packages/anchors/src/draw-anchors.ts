import type { Anchor, AnchorDomain } from './anchor.js';
import { hashText, Random } from './random.js';
import { LEVELS, type DrawnItem, type Level, type Template } from './template.js';
import { JUDGED_TEMPLATES, TEMPLATES } from './templates/index.js';

export interface DrawOptions {
  /** Items are a pure function of the seed; the shipped set is seed 1. */
  seed: number;
  /** Only these domains; default all. */
  domains?: readonly AnchorDomain[];
  /** Only these levels (1 to 5); default all. */
  levels?: readonly number[];
  /**
   * Times the usual number of items per template and level; families of written questions give what
   * they have. Default 1.
   */
  copies?: number;
  /** Also the items that only a judge model can grade. Default false. */
  judged?: boolean;
}

/**
 * Draws a set of anchors, each text once. Every item has its own random stream, so that a narrower
 * choice of domains or levels gives the same items as the whole set.
 * @throws RangeError for a seed that is no safe integer or fewer than one copy.
 */
export function drawAnchors(options: DrawOptions): Anchor[] {
  const { seed, copies = 1 } = options;
  if (!Number.isSafeInteger(seed)) throw new RangeError(`seed must be an integer, got ${seed}`);
  if (!Number.isInteger(copies) || copies < 1) {
    throw new RangeError(`copies must be a positive integer, got ${copies}`);
  }
  const templates = options.judged ? [...TEMPLATES, ...JUDGED_TEMPLATES] : TEMPLATES;
  return templates
    .filter(({ domain }) => options.domains?.includes(domain) ?? true)
    .flatMap((template) => drawFamily(template, seed, copies, options.levels ?? LEVELS));
}

function drawFamily(
  template: Template,
  seed: number,
  copies: number,
  levels: readonly number[],
): Anchor[] {
  return LEVELS.filter((level) => levels.includes(level)).flatMap((level) => {
    const seen = new Set<string>();
    const anchors: Anchor[] = [];
    for (let index = 0; index < template.perLevel * copies; index++) {
      const item = drawUnseen(
        template,
        level,
        `${seed}/${template.family}/${level}/${index}`,
        seen,
      );
      if (item) anchors.push(toAnchor(template, level, item));
    }
    return anchors;
  });
}

/** Null when the family has run out: written questions are finite, generated ones are not. */
function drawUnseen(
  template: Template,
  level: Level,
  path: string,
  seen: Set<string>,
): DrawnItem | null {
  for (let attempt = 0; attempt < 200; attempt++) {
    const item = template.draw(level, new Random(`${path}/${attempt}`));
    const question = item.question ?? item.text;
    if (seen.has(question)) continue;
    seen.add(question);
    return item;
  }
  return null;
}

function toAnchor(template: Template, level: number, item: DrawnItem): Anchor {
  const { text, grader, referenceAnswer } = item;
  const digest = [hashText(text), hashText(JSON.stringify(grader))]
    .map((hash) => hash.toString(16).padStart(8, '0'))
    .join('');
  return {
    id: `${template.family}-${level}-${digest}`,
    domain: template.domain,
    level,
    text,
    grader,
    referenceAnswer,
  };
}
