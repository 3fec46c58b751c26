/** Times as people read them at night: UTC, with units, never a bare number. */

/** `0.8 s`, `38.2 s`, `4 m 11 s`, `2 h 05 m`, `3 d 4 h`. */
export function duration(seconds: number): string {
  if (seconds < 59.95) return `${(Math.max(0, seconds)).toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3_600) return `${Math.floor(whole / 60)} m ${two(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} m`;
  const hours = Math.round(seconds / 3_600);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** An objective: `15 min`, `60 s`, `90 s`, `4 h`. */
export function target(seconds: number): string {
  if (seconds > 0 && seconds % 3_600 === 0) return `${seconds / 3_600} h`;
  if (seconds > 60 && seconds % 60 === 0) return `${seconds / 60} min`;
  return `${seconds} s`;
}

/** A running clock: `06:02`, `1:06:02`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3_600);
  const rest = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return hours === 0 ? rest : `${hours}:${rest}`;
}

/** `03:12:07Z`; with the date when it is not of `now`'s day. */
export function instant(at: string, now: Date, digits: 0 | 1 | 3 = 0): string {
  const parsed = new Date(at);
  if (Number.isNaN(parsed.getTime())) return at;
  const iso = parsed.toISOString();
  const time = digits === 0 ? iso.slice(11, 19) : iso.slice(11, 20 + digits);
  return iso.slice(0, 10) === now.toISOString().slice(0, 10) ? `${time}Z` : `${iso.slice(0, 10)} ${time}Z`;
}

export const secondsBetween = (from: string, to: string | Date): number =>
  ((to instanceof Date ? to.getTime() : Date.parse(to)) - Date.parse(from)) / 1_000;

const two = (value: number): string => String(value).padStart(2, '0');
