/**
 * What functions that run inside the page may use. The DOM's own types would stand in the way of Node's
 * in all other end-to-end tests, which are compiled together with these.
 */
declare const document: {
  documentElement: { scrollWidth: number; clientWidth: number };
  activeElement: {
    id: string;
    textContent: string | null;
    getAttribute(name: string): string | null;
  } | null;
};
declare const localStorage: { length: number };
declare const sessionStorage: { length: number; setItem(name: string, value: string): void };
declare function requestAnimationFrame(callback: (time: number) => void): number;
