import { useSyncExternalStore } from 'react';

let isOpen = false;
const listeners = new Set<() => void>();

function set(next: boolean): void {
  isOpen = next;
  listeners.forEach((listener) => listener());
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

/** The one dialog for the key, which any page may open. */
export function useKeyDialog() {
  const opened = useSyncExternalStore(subscribe, () => isOpen);
  return { opened, open: () => set(true), close: () => set(false) };
}
