/** The page of one run. */

import './runs.css';

import { startPage } from './page';

const page = document.querySelector<HTMLElement>('[data-run-page]');
if (page) startPage(page);
