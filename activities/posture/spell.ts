/** Seconds as a sentence needs them: `40 s`, `12 min`, `7 h`, `3 days`; whole numbers, rounded up. */
export function spell(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole < 120) return `${whole} s`;
  if (whole < 2 * 3_600) return `${Math.ceil(whole / 60)} min`;
  if (whole < 48 * 3_600) return `${Math.ceil(whole / 3_600)} h`;
  return `${Math.ceil(whole / 86_400)} days`;
}

export const secondsSince = (then: Date | string, now: string): number =>
  (Date.parse(now) - new Date(then).getTime()) / 1_000;
