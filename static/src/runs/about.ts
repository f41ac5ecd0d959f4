/** What a run's page knows beyond the record: notes, data sets, where it stands; and MLflow's own tags in plain words. */

export interface DatasetUse {
  id: number;
  name: string;
  digest: string;
  source_type: string;
  source: string;
  schema: string;
  profile: string;
  context: string;
}

export interface About {
  name: string;
  description: string;
  tags: { key: string; value: string }[];
  /** Tags that clients keep for themselves: `mlflow.…` */
  told: Record<string, string>;
  experiment: { id: number; name: string } | null;
  archived_at: string | null;
  deleted_at: string | null;
  starred: boolean;
  stars: number;
  above: { run_id: string; name: string }[];
  previous: { run_id: string; name: string } | null;
  nested: number;
  comments: number;
  datasets: DatasetUse[];
  reused_by: number;
}

export interface LoggedModel {
  model_id: string;
  name: string;
  type: string;
  status: string;
  direction: 'input' | 'output';
}

export interface Registered {
  name: string;
  number: number;
  run_id: string;
}

export interface Fact {
  title: string;
  value: string;
  /** Monospaced: an id, a commit, a command. */
  code?: boolean;
}

const SOURCE_TYPES: Record<string, string> = { NOTEBOOK: 'Notebook', JOB: 'Job', PROJECT: 'MLflow project', LOCAL: 'Script', UNKNOWN: '', RECIPE: 'Recipe' };

const WORDS: [key: string, title: string, code?: boolean][] = [
  ['mlflow.user', 'Logged by'],
  ['mlflow.source.name', 'Source', true],
  ['mlflow.source.git.commit', 'Git commit', true],
  ['mlflow.source.git.branch', 'Git branch', true],
  ['mlflow.gitBranchName', 'Git branch', true],
  ['mlflow.source.git.repoURL', 'Git repository', true],
  ['mlflow.gitRepoURL', 'Git repository', true],
  ['mlflow.project.entryPoint', 'Entry point', true],
  ['mlflow.project.env', 'Project environment'],
  ['mlflow.autologging', 'Logged automatically by'],
  ['mlflow.docker.image.name', 'Container image', true],
  ['mlflow.docker.image.id', 'Container image id', true],
  ['mlflow.runColor', ''],
];

/** Shown elsewhere on the page, or of no use to a person. */
const ELSEWHERE = new Set(['mlflow.runName', 'mlflow.parentRunId', 'mlflow.note.content', 'mlflow.loggedImages', 'mlflow.loggedArtifacts', 'mlflow.log-model.history', 'mlflow.rootRunId']);

/** Where a run came from, as its client told it. */
export function sourceFacts(told: Record<string, string>): Fact[] {
  const facts: Fact[] = [];
  const known = new Set<string>(['mlflow.source.type']);
  for (const [key, title, code] of WORDS) {
    known.add(key);
    const value = told[key];
    if (!value || !title || facts.some((fact) => fact.title === title && fact.value === value)) continue;
    const kind = key === 'mlflow.source.name' ? SOURCE_TYPES[told['mlflow.source.type'] ?? ''] : '';
    facts.push({ title: kind || title, value, code });
  }
  for (const [key, value] of Object.entries(told)) {
    if (!known.has(key) && !ELSEWHERE.has(key) && value) facts.push({ title: key.replace('mlflow.', ''), value, code: true });
  }
  return facts;
}

/** Columns of a data set that was logged with `log_input`; none where its schema is of another form. */
export function columnsOf(schema: string): { name: string; type: string }[] {
  try {
    const told = JSON.parse(schema) as Record<string, unknown>;
    const columns = told.mlflow_colspec ?? (told.mlflow_tensorspec as Record<string, unknown> | undefined)?.features;
    if (typeof columns === 'string') return columnsOf(JSON.stringify({ mlflow_colspec: JSON.parse(columns) }));
    if (!Array.isArray(columns)) return [];
    return (columns as Record<string, unknown>[]).map((column) => ({ name: String(column.name ?? ''), type: String(column.type ?? '') }));
  } catch {
    return [];
  }
}

/** What a data set's profile counts: rows, elements. */
export function profileWords(profile: string): string {
  try {
    const told = JSON.parse(profile) as Record<string, unknown>;
    const rows = told.num_rows ?? told.features_shape;
    return rows === undefined ? '' : Array.isArray(rows) ? rows.join(' × ') : `${Number(rows).toLocaleString('en-US')} rows`;
  } catch {
    return '';
  }
}

/** The address or name in a data set's source, which is JSON of many forms. */
export function sourceWords(source: string): string {
  try {
    const told = JSON.parse(source) as Record<string, unknown>;
    for (const key of ['uri', 'url', 'path', 'delta_table_name', 'table_name', 'name']) if (typeof told[key] === 'string') return told[key];
    const tags = told.tags as Record<string, unknown> | undefined;
    return typeof tags?.['mlflow.source.name'] === 'string' ? tags['mlflow.source.name'] : '';
  } catch {
    return source.slice(0, 300);
  }
}

/** How to open the run in Python. */
export function loadingCode(origin: string, workspace: string, run_id: string): string {
  return [
    'import mlflow',
    '',
    `mlflow.set_tracking_uri("${origin}/w/${workspace}")  # and MLFLOW_TRACKING_TOKEN in the environment`,
    `run = mlflow.get_run("${run_id}")`,
    'print(run.data.metrics, run.data.params)',
    `files = mlflow.artifacts.download_artifacts(run_id="${run_id}")`,
  ].join('\n');
}
