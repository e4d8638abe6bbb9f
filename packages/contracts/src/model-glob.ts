/**
 * Whether a model's whole name matches a glob: `*` stands for any characters, `/` included, and every
 * other character for itself.
 */
export function matchesGlob(glob: string, model: string): boolean {
  const [head = '', ...rest] = glob.split('*');
  if (rest.length === 0) return glob === model;
  const tail = rest.pop() ?? '';
  if (model.length < head.length + tail.length) return false;
  if (!model.startsWith(head) || !model.endsWith(tail)) return false;
  // Between head and tail the parts must follow one another; taking each as early as possible is
  // enough, and linear where a regular expression could backtrack without end.
  let position = head.length;
  const end = model.length - tail.length;
  return rest.every((part) => {
    const found = model.indexOf(part, position);
    if (found < 0 || found + part.length > end) return false;
    position = found + part.length;
    return true;
  });
}
