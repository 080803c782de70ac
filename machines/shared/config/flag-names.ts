/** A flag has three spellings: `eventLogMax`, `--event-log-max` and `VM_MONITOR_EVENT_LOG_MAX`. */
export const ENVIRONMENT_PREFIX = 'VM_MONITOR_';

/** The long name without the dashes before it. */
export const longName = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export const environmentName = (key: string): string =>
  ENVIRONMENT_PREFIX + longName(key).replaceAll('-', '_').toUpperCase();
