/** Starts what the page asks for: the canvas, or the list of pipelines. */
import { createRoot } from 'react-dom/client';
import { sentence } from '../app/api';
import { toast } from '../app/toast';
import { subscribe } from '../live/news';
import { type Api, type Asset, makeApi } from './api';
import { App } from './App';
import './designer.css';
import '@xyflow/react/dist/base.css';
import { readCatalogue } from './graph/catalogue';
import { layout } from './layoutWorker';
import { guardLeaving } from './leaving';
import { startList } from './list';
import { makeStudio, provide } from './store';
import type { Env } from './store/state';

const page = document.getElementById('designer');
if (page) void startCanvas(page);
const list = document.getElementById('pipelines');
if (list) startList(list);

async function startCanvas(element: HTMLElement): Promise<void> {
  const {
    api: root = '',
    pipeline: id = '',
    workspace = '',
    list: listUrl = '/',
    runs = '',
    models = '',
  } = element.dataset;
  const api = makeApi(root, id);
  const env: Env = {
    api,
    workspace,
    layout,
    subscribe,
    say: (message, kind) => void toast(message, kind),
    runUrl: (runId) => `${runs}${runId}/`,
    modelUrl: (name) => `${models}${encodeURIComponent(name)}/`,
  };
  try {
    const [pipeline, catalogue, data] = await Promise.all([api.pipeline(), api.catalogue(), assets(api)]);
    const { store, saver } = makeStudio(env, { pipeline, catalogue: readCatalogue(catalogue), ...data });
    provide(store, env);
    guardLeaving(saver);
    const place = document.createElement('div');
    place.className = 'designer';
    element.replaceChildren(place);
    createRoot(place).render(<App listUrl={listUrl} />);
  } catch (error) {
    failed(element, sentence(error));
  }
}

/** Without the list of data the canvas still works: its names can be chosen later. */
async function assets(api: Api): Promise<{ assets: Asset[]; assetsCut: boolean }> {
  try {
    const page = await api.assets();
    return { assets: page.results, assetsCut: page.next !== null };
  } catch {
    return { assets: [], assetsCut: false };
  }
}

function failed(element: HTMLElement, why: string): void {
  const box = document.createElement('div');
  box.className = 'studio-empty';
  box.setAttribute('role', 'alert');
  const said = document.createElement('p');
  said.textContent = why;
  const again = document.createElement('button');
  again.type = 'button';
  again.className = 'btn';
  again.textContent = 'Try again';
  again.addEventListener('click', () => location.reload());
  box.append(said, again);
  element.replaceChildren(box);
}
