/** `48 211`: digits in groups of three. */
export const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ' ');

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** `512 MB`, `1.5 GB`: powers of 1 024, as storage is sold. */
export function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1_023.5 && unit < UNITS.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  return `${unit > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}
