/** The page of runs. */

import '../runs/runs.css';
import './runstable.css';

import { type Boot, RunsPage } from './page';

const root = document.getElementById('runs-table');
const boot = document.getElementById('runs-boot');
if (root && boot) void new RunsPage(root, JSON.parse(boot.textContent ?? '') as Boot).start();
