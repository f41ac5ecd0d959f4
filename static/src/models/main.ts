/** The pages of models: rendered by the server; only where a version came from is drawn here. */

import '../runs/runs.css';
import './models.css';

import { lineageView } from '../runs/lineage';

for (const place of document.querySelectorAll<HTMLElement>('[data-lineage-of]')) {
  place.replaceChildren(lineageView(place.dataset.workspace ?? '', place.dataset.lineageOf ?? '').element);
}
