/** Finding components by what a person types: title first, then keywords, family, description. */
import type { Component } from '../graph/catalogue';

/** Higher is better; 0 is no match. Every word typed must be found somewhere. */
export function score(component: Component, query: string): number {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return 1;
  let total = 0;
  for (const word of words) {
    const best = scoreWord(component, word);
    if (best === 0) return 0;
    total += best;
  }
  return total / words.length;
}

function scoreWord(component: Component, word: string): number {
  const title = component.title.toLowerCase();
  if (title.startsWith(word)) return 100;
  if (title.split(/[\s-]+/).some((part) => part.startsWith(word))) return 80;
  if (component.keywords.some((keyword) => keyword.toLowerCase().startsWith(word))) return 60;
  if (title.includes(word)) return 50;
  if (component.keywords.some((keyword) => keyword.toLowerCase().includes(word))) return 40;
  if (component.family.toLowerCase().includes(word)) return 20;
  return component.description.toLowerCase().includes(word) ? 10 : 0;
}

export function find<T>(
  items: readonly T[],
  query: string,
  componentOf: (item: T) => Component,
  prior: (item: T) => number = () => 0,
): T[] {
  return items
    .map((item, index) => ({ item, index, score: score(componentOf(item), query), prior: prior(item) }))
    .filter((candidate) => candidate.score > 0)
    .sort((one, other) => other.score - one.score || other.prior - one.prior || one.index - other.index)
    .map(({ item }) => item);
}
