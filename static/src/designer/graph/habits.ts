/** How often this person followed one component with another; it sorts the menus. Old habits fade. */
import type { Side } from './ports';

export type Habits = Readonly<Record<string, number>>;

const key = (first: string, then: string): string => `${first} ${then}`;

/** A wire drawn from an output counts in full that way round, half the other. */
export function bump(habits: Habits, first: string, then: string, from: Side): Habits {
  const [full, half] = [`${from} ${key(first, then)}`, `${from === 'output' ? 'input' : 'output'} ${key(first, then)}`];
  return { ...habits, [full]: (habits[full] ?? 0) + 1, [half]: (habits[half] ?? 0) + 0.5 };
}

export const fade = (habits: Habits): Habits =>
  Object.fromEntries(
    Object.entries(habits).flatMap(([pair, count]) => (count * 0.8 < 0.05 ? [] : [[pair, count * 0.8]])),
  );

/** How likely `candidate` is wanted at the other end of a wire from `own`. */
export const likelihood = (habits: Habits, own: string, candidate: string, from: Side): number =>
  habits[`${from} ${from === 'output' ? key(own, candidate) : key(candidate, own)}`] ?? 0;
