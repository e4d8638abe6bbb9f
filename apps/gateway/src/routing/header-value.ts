/** A name as a header may carry it: anything but visible ASCII is percent-encoded. */
export function headerValue(name: string): string {
  return name.replace(/[^\x21-\x7e]/gu, (character) => encodeURIComponent(character));
}
