/** The view in the browser's address and history. */

import { addressOf, readAddress, savedAddress } from './address';
import { type View, viewFrom } from './view';

interface Kept {
  runsView: View;
  saved: number | null;
}

export class Remembering {
  complete = true;
  /** Addresses are made one after the other: packing takes a moment. */
  private writing: Promise<void> = Promise.resolve();

  /** `back`: a view was left or come to with the browser's buttons. */
  constructor(back: (view: View | null, saved: number | null) => void) {
    window.addEventListener('popstate', () => void this.read().then(({ view, saved }) => back(view, saved)));
  }

  /** What the history or the address says; null where they say nothing. */
  async read(): Promise<{ view: View | null; saved: number | null }> {
    const kept = history.state as Partial<Kept> | null;
    // Where the address could not hold the view, a reload and Back still find it here.
    if (kept?.runsView) return { view: viewFrom(kept.runsView), saved: kept.saved ?? null };
    return readAddress(location.search);
  }

  /** `named`: the address of the saved view alone says all. */
  write(view: View, saved: number | null, named: boolean, step: boolean): Promise<void> {
    this.writing = this.writing.then(async () => {
      const { query, complete } = named && saved !== null ? { query: savedAddress(saved), complete: true } : await addressOf(view, saved);
      this.complete = complete;
      const kept: Kept | null = complete ? null : { runsView: view, saved };
      // The charts' links name one of them behind the hash.
      const address = `${location.pathname}${query}${location.hash}`;
      if (step && query !== location.search) history.pushState(kept, '', address);
      else history.replaceState(kept, '', address);
    });
    return this.writing;
  }
}
