/** What Nest hands to constructors that ask for an interface. */
export const DATABASE = Symbol('database');
export const CALIBRATE_PRODUCER = Symbol('calibrate-space producer');
export const SENTINEL_PRODUCER = Symbol('ask-model-sentinels producer');
export const CALIBRATION_DATA_DIR = Symbol('calibration data folder');
/** What decides where a request names no policy. */
export const DEFAULT_POLICY = Symbol('default policy');
export const MAX_LINE_BYTES = Symbol('longest line of an NDJSON body');
export const CHAT_IDLE_TIMEOUT_MS = Symbol('longest pause in the answer of a provider');
export const BASELINE_MODEL = Symbol('model that one would use without a router');
