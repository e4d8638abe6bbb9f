/** The n-th text of a series that no cache has seen; some 30 tokens. */
export function unseenText(series, n) {
  return `Question ${n} of series ${series}: a tank holds ${17 + (n % 883)} litres and loses ${1 + (n % 13)} litres an hour; after how many hours is it ${n % 2 ? 'half empty' : 'empty'}, and why?`;
}
