/** The pages of models: rendered by the server; nothing here but their looks. */

import '../runs/runs.css';
import './models.css';
