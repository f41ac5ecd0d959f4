/** Quantities as people read them. The same words as the template filters of `studio.pages`. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** 0.34 s · 12 s · 3 min 05 s · 2 h 07 min */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return '–';
  if (seconds < 9.95) return `${seconds < 0.995 ? seconds.toFixed(2) : seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

/** 512 B · 1.5 kB · 34 MB, in powers of 1000 */
export function bytes(count: number | null | undefined): string {
  if (count === null || count === undefined) return '–';
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 9.95 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** just now · 5 min ago · 3 h ago · 2 days ago · 4 Mar 2026 */
export function ago(iso: string | null | undefined, now: Date = new Date()): string {
  if (!iso) return '–';
  const then = new Date(iso);
  const seconds = (now.getTime() - then.getTime()) / 1000;
  if (seconds < 45) return 'just now';
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.round(seconds / 3600);
  if (hours < 24) return `${hours} h ago`;
  const days = Math.round(seconds / 86400);
  if (days < 8) return days === 1 ? 'yesterday' : `${days} days ago`;
  return then.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
}

/** 54,312 · 0.9034 · 1.2e-7: whole numbers in full, others to four significant digits */
export function number(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  const size = Math.abs(value);
  if (size >= 1e9 || size < 1e-4) return value.toExponential(2).replace('e+', 'e');
  return size >= 1000
    ? value.toLocaleString('en-US', { maximumFractionDigits: 1 })
    : String(Number(value.toPrecision(4)));
}

/** What was measured, always with the same number of digits: 1.000 · 0.9034 · 54.12. A bare 1 looks like a count. */
export function measure(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return number(value);
  const size = Math.abs(value);
  return size >= 1000 || (size > 0 && size < 1e-4) ? number(value) : value.toPrecision(4);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
