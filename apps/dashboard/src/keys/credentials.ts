import { useSyncExternalStore } from 'react';

const ENTRY = 'zerorouter.key';

const listeners = new Set<() => void>();

/** The key that was entered in this tab, else the one that this browser remembers. */
export function currentKey(): string | null {
  return sessionStorage.getItem(ENTRY) ?? localStorage.getItem(ENTRY);
}

export function isRemembered(): boolean {
  return localStorage.getItem(ENTRY) !== null;
}

/** @param remember keeps it in this browser; otherwise it goes with the tab. */
export function enterKey(key: string, remember: boolean): void {
  sessionStorage.removeItem(ENTRY);
  localStorage.removeItem(ENTRY);
  (remember ? localStorage : sessionStorage).setItem(ENTRY, key);
  tell();
}

export function forgetKey(): void {
  sessionStorage.removeItem(ENTRY);
  localStorage.removeItem(ENTRY);
  tell();
}

/** The key as it changes, in other tabs too. */
export function useKey(): string | null {
  return useSyncExternalStore(subscribe, currentKey);
}

function tell(): void {
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('storage', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', listener);
  };
}
