/** What is open, selected or being said; nothing here is saved. */
import type { Asset } from '../api';
import type { Catalogue } from '../graph/catalogue';
import { edgeId } from '../graph/document';
import { disconnect } from '../graph/edits';
import { openEnds } from '../graph/ports';
import type { Get, ScreenSlice, Write } from './state';

export function screenSlice(
  set: Write,
  get: Get,
  start: { canEdit: boolean; catalogue: Catalogue; assets: Asset[]; assetsCut: boolean },
): ScreenSlice {
  let ticks = 0;
  return {
    ...start,
    open: null,
    focusParam: null,
    menu: null,
    drawer: null,
    shortcuts: false,
    renaming: null,
    commenting: null,
    tool: 'pan',
    palette: true,
    connecting: null,
    dropEdge: null,
    spoken: '',
    centre: null,
    openNode: (open, param = null) => set({ open, focusParam: param, menu: null }),
    show: (menu) => set({ menu }),
    setDrawer: (drawer) => set({ drawer }),
    goTo(node) {
      get().select([node]);
      set({ centre: { node, tick: ++ticks } });
    },
    // A repeated sentence must differ, or a screen reader keeps silent.
    speak: (text) => set({ spoken: get().spoken === text ? `${text}\u00a0` : text }),
    startConnecting(from, without) {
      const { graph, catalogue } = get();
      const drawn = without ? disconnect(graph, new Set([edgeId(without)])) : graph;
      set({ connecting: from && { from, open: openEnds(drawn, catalogue, from) } });
    },
    patch: (fields) => set(fields),
  };
}
