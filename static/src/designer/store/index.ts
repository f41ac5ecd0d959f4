/** One store per page. Components read it through `useStudio` with selectors that stand outside of them. */
import { createStore, type StoreApi, useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { sentence } from '../../app/api';
import type { Asset, Pipeline } from '../api';
import type { Catalogue } from '../graph/catalogue';
import { readGraph } from '../graph/document';
import { makeChecker } from './checker';
import { documentSlice } from './document';
import { editsSlice } from './edits';
import { regroup, runningSlice } from './running';
import { makeSaver, type Saver } from './saver';
import { savingSlice } from './saving';
import { screenSlice } from './screen';
import type { Env, Studio } from './state';

export type { Studio } from './state';

export type Start = { pipeline: Pipeline; catalogue: Catalogue; assets: Asset[]; assetsCut: boolean };

/** The store with the two clerks that stand beside it: the saver and the checker. */
export function makeStudio(
  env: Env,
  { pipeline, catalogue, assets, assetsCut }: Start,
): { store: StoreApi<Studio>; saver: Saver } {
  const graph = readGraph(pipeline.graph);
  const store = createStore<Studio>()(() => ({}) as Studio);
  const { getState: get, setState: set } = store;

  let stateTimer: ReturnType<typeof setTimeout> | undefined;
  const saver = makeSaver(
    {
      save: env.api.save,
      saveLeaving: env.api.saveLeaving,
      look: env.api.pipeline,
      graph: () => get().graph,
      mark: (save) => set({ save }),
      saved(revision) {
        set({ revision });
        // What is stale depends on the stored drawing.
        clearTimeout(stateTimer);
        stateTimer = setTimeout(() => void get().refreshState(), 250);
      },
    },
    { revision: pipeline.revision, graph, at: pipeline.updated_at },
  );
  const checker = makeChecker({
    check: env.api.check,
    graph: () => get().graph,
    done: ({ problems, schemas }, checked) =>
      set({ problems, byNode: regroup(get().byNode, problems), schemas, checked, checkFailed: null }),
    failed: (error) => set({ checkFailed: sentence(error) }),
  });
  const changed = (): void => {
    saver.changed();
    checker.changed();
  };

  set(screenSlice(set, get, { canEdit: pipeline.can_edit, catalogue, assets, assetsCut }));
  set(documentSlice(set, get, env, graph, pipeline.name, changed));
  set(editsSlice(get, env));
  set(savingSlice(set, get, env, saver, { revision: pipeline.revision, at: pipeline.updated_at }, changed));
  set({ problems: [], byNode: {}, schemas: {}, checkFailed: null, checked: null });
  const { watchWorkspace, ...running } = runningSlice(set, get, env, saver);
  set(running);
  void checker.now();
  void get().refreshState();
  watchWorkspace();
  return { store, saver };
}

let current: StoreApi<Studio>;
let surroundings: Env;

export function provide(store: StoreApi<Studio>, env: Env): void {
  current = store;
  surroundings = env;
}

export const studio = (): Studio => current.getState();
export const studioStore = (): StoreApi<Studio> => current;
export const env = (): Env => surroundings;
export const useStudio = <T>(selector: (state: Studio) => T): T => useStore(current, selector);
export const useStudioShallow = <T>(selector: (state: Studio) => T): T => useStore(current, useShallow(selector));
