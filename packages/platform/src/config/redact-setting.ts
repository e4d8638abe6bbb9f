/** A password in a URL, whatever its scheme: `//user:password@`. */
export const PASSWORD_IN_URL = /\/\/[^/:@\s]*:([^/@\s]+)@/;

/** Whether a variable of this name holds a secret as a whole. */
export function isSecret(name: string): boolean {
  return /(^|_)(KEY|SECRETS?|PASSWORD|TOKEN|HEADERS)(_|$)/.test(name);
}

/** A setting as it may be shown: a URL may hold a password, and a key is one. */
export function redactSetting(name: string, value: string): string {
  return isSecret(name) ? '…' : value.replace(/\/\/[^@/]*@/, '//…@');
}
