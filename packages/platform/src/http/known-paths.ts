/** Remembers which methods each route pattern knows, to tell a wrong method from a wrong path. */
export class KnownPaths {
  private readonly methods = new Map<string, Set<string>>();

  /** @param pattern as Fastify writes it: `/v1/decisions/:id`. */
  add(method: string, pattern: string): void {
    const known = this.methods.get(pattern) ?? new Set();
    this.methods.set(pattern, known.add(method));
  }

  /** Methods of the patterns that fit a path; empty when there is no such path. */
  allowed(path: string): string[] {
    const segments = path.split('/');
    const fits = (pattern: string): boolean => {
      const parts = pattern.split('/');
      return (
        parts.length === segments.length &&
        parts.every((part, i) => (part.startsWith(':') ? segments[i] !== '' : part === segments[i]))
      );
    };
    const found = [...this.methods].filter(([pattern]) => fits(pattern));
    return [...new Set(found.flatMap(([, known]) => [...known]))].sort();
  }
}
