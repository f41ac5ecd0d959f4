/** Reports: the list, and one report. */

import '../runs/runs.css';
import './reports.css';

import { startList } from './list';
import { startPage } from './page';

const list = document.querySelector<HTMLElement>('[data-report-list]');
const page = document.querySelector<HTMLElement>('[data-report]');
if (list) startList(list);
if (page) startPage(page);
