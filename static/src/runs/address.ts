/** What is chosen on a page stands in its address, so that a link shows the same. */

export function remembered(name: string): string {
  return new URL(location.href).searchParams.get(name) ?? '';
}

/** Without an entry in the history for every click. */
export function remember(name: string, value: string): void {
  const url = new URL(location.href);
  if (value) url.searchParams.set(name, value);
  else url.searchParams.delete(name);
  history.replaceState(null, '', url);
}
