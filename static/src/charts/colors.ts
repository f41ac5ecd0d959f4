/** Colours and line patterns of runs. A run has the same colour on every page, in every session. */

/** Each at least 3:1 against the ground of the light and of the dark theme, so that one colour serves both. */
export const PALETTE = [
  '#3b82f6', '#e8710a', '#1d9e4b', '#e5484d', '#a259d9', '#0f9aa8', '#e0479e', '#a5743d', '#7d8794', '#8a8f1c',
] as const; // prettier-ignore

/** Solid first; the others are told apart at the width of a line. */
export const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [9, 3, 2, 3], [14, 4], [5, 2, 2, 2, 2, 2]];

/** More lines than this are a cloud: patterns would only make it noisy, and one is picked out by pointing at it. */
export const MOST_PATTERNS = 12;

export function colorOf(run_id: string): string {
  return PALETTE[hashed(run_id) % PALETTE.length];
}

/** By place among the drawn lines, so that neighbours of one colour never look alike. */
export function dashOf(place: number, lines: number): readonly number[] {
  return lines > MOST_PATTERNS ? DASHES[0] : DASHES[place % DASHES.length];
}

/** From few to much: dark to bright, for every kind of colour vision (after viridis), and to be seen on both grounds. */
const RAMP: readonly (readonly [number, number, number])[] = [
  [122, 82, 194], [96, 102, 196], [62, 122, 188], [40, 140, 168], [31, 158, 137], [53, 179, 112], [110, 196, 80], [172, 205, 40],
]; // prettier-ignore

/** The colour of a share of the way from the lowest to the highest value. */
export function rampAt(share: number): string {
  const place = Math.max(0, Math.min(1, share)) * (RAMP.length - 1);
  const low = Math.floor(place);
  const one = RAMP[low];
  const other = RAMP[Math.min(low + 1, RAMP.length - 1)];
  const mixed = one.map((part, at) => Math.round(part + (other[at] - part) * (place - low)));
  return `rgb(${mixed.join(',')})`;
}

/** FNV-1a: spreads ids that differ in one letter. */
function hashed(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}
