/**
 * An instant as a restore call takes it: the SDK sends milliseconds, a database knows microseconds. Rounded up, so that what was
 * committed at the instant asked for is never cut off.
 * @returns ISO 8601 with milliseconds; `null` for what is no instant.
 */
export function restorableInstant(instant: string): string | null {
  const milliseconds = Date.parse(instant);
  if (Number.isNaN(milliseconds)) return null;
  const beyond = /\.\d{3}(\d+)/.exec(instant)?.[1] ?? '';
  return new Date(milliseconds + (/[1-9]/.test(beyond) ? 1 : 0)).toISOString();
}
