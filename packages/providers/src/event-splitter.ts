const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** Longest event that is waited for, bytes; of a longer one its pieces count as events. */
const MAX_EVENT_BYTES = 8 * 2 ** 20;

/** Cuts a stream of server-sent events behind the empty line that ends each, however its bytes are split. */
export class EventSplitter {
  private pending: Buffer = Buffer.alloc(0);

  /** @returns the events that are complete now, each with the line that ends it. */
  feed(bytes: Buffer): Buffer[] {
    const known = this.pending.length;
    const all = known === 0 ? bytes : Buffer.concat([this.pending, bytes]);
    const events: Buffer[] = [];
    let start = 0;
    let at = known;
    for (;;) {
      const newline = all.indexOf(NEWLINE, at);
      if (newline === -1) break;
      at = newline + 1;
      if (!isEmptyLine(all, newline, start)) continue;
      events.push(all.subarray(start, at));
      start = at;
    }
    this.pending = all.subarray(start);
    return this.pending.length > MAX_EVENT_BYTES ? [...events, this.rest()] : events;
  }

  /** What is left without its end. */
  rest(): Buffer {
    const rest = this.pending;
    this.pending = Buffer.alloc(0);
    return rest;
  }
}

/** Whether the line that ends at `newline` has nothing in it. @param start of the event. */
function isEmptyLine(all: Buffer, newline: number, start: number): boolean {
  const before = all[newline - 1] === RETURN ? newline - 2 : newline - 1;
  return before < start ? true : all[before] === NEWLINE;
}
