/** What Nest hands to constructors that ask for an interface. */
export const DATABASE = Symbol('database');
export const CALIBRATE_PRODUCER = Symbol('calibrate-space producer');
export const CALIBRATION_DATA_DIR = Symbol('calibration data folder');
export const MAX_LINE_BYTES = Symbol('longest line of an NDJSON body');
export const CHAT_IDLE_TIMEOUT_MS = Symbol('longest pause in the answer of a provider');
