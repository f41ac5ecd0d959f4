/** Habits are kept in this browser, for this person; each visit lets the old ones fade. */
import { fade, type Habits } from '../graph/habits';

const PLACE = 'atelier.designer.habits';
let habits: Habits | null = null;

export function loadHabits(): Habits {
  if (habits === null) {
    try {
      habits = fade(JSON.parse(localStorage.getItem(PLACE) ?? '{}') as Habits);
    } catch {
      habits = {};
    }
  }
  return habits;
}

export function storeHabits(next: Habits): void {
  habits = next;
  try {
    localStorage.setItem(PLACE, JSON.stringify(next));
  } catch {
    // A full or closed storage only means that nothing is learnt.
  }
}
