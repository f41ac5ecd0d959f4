/** The pages of runs. */

import './runs.css';

import { startList } from './list';
import { startPage } from './page';

const list = document.querySelector<HTMLElement>('[data-runs-list]');
if (list) startList(list);

const page = document.querySelector<HTMLElement>('[data-run-page]');
if (page) startPage(page);
