/** Runs side by side. */

import '../runs/runs.css';
import './compare.css';

import { startPage } from './page';

const page = document.querySelector<HTMLElement>('[data-compare-page]');
if (page) startPage(page);
