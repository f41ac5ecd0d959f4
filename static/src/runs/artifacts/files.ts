/** Where the files of a run, or of a logged model, are asked for. */

import { api } from '../../app/api';

export interface Entry {
  name: string;
  path: string;
  is_dir: boolean;
  size: number | null;
  kind: string;
}
export interface FolderPage {
  path: string;
  total: number;
  offset: number;
  entries: Entry[];
}
export interface Preview {
  path: string;
  name: string;
  size: number;
  kind: 'text' | 'markdown' | 'json' | 'notebook' | 'image' | 'svg' | 'html' | 'pdf' | 'table' | 'audio' | 'video' | 'binary' | '';
  language: string;
  text: string | null;
  truncated: boolean;
}
export interface Picture {
  path: string;
  size: number;
  small?: string;
  key?: string;
  step?: number;
  timestamp?: number;
}
export interface Summary {
  any: number;
  image: number;
  table: number;
  log: number;
  code: number;
}

export const NO_FILES: Summary = { any: 0, image: 0, table: 0, log: 0, code: 0 };

export interface Files {
  folder: (path: string, offset?: number) => Promise<FolderPage>;
  preview: (path: string) => Promise<Preview>;
  find: <T = { path: string; size: number }>(kind: 'image' | 'table' | 'log' | 'code') => Promise<{ files: T[]; complete: boolean }>;
  raw: (path: string, download?: boolean) => string;
  zip: (path: string) => string;
  rows: (path: string) => string;
  lines: (path: string) => string;
}

/** `base` is the address of the artifacts: …/runs/<id>/artifacts */
export function filesAt(base: string): Files {
  const asked = (path: string): string => encodeURIComponent(path);
  return {
    folder: (path, offset = 0) => api('GET', `${base}?path=${asked(path)}&offset=${offset}`),
    preview: (path) => api('GET', `${base}/preview?path=${asked(path)}`),
    find: (kind) => api('GET', `${base}/find?kind=${kind}`),
    raw: (path, download = false) => `${base}/raw/${encodedPath(path)}${download ? '?download=1' : ''}`,
    zip: (path) => `${base}/zip?path=${asked(path)}`,
    rows: (path) => `${base}/rows?path=${asked(path)}`,
    lines: (path) => `${base}/lines?path=${asked(path)}`,
  };
}

/** Each part by itself, so that the slashes between them stay and `#`, `?` and `%` within them are letters. */
export function encodedPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** The folders above a path, from the outermost: a/b/c.txt -> a, a/b. */
export function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
}

export const iconOf = (kind: string): string => ICONS[kind] ?? 'file';

const ICONS: Record<string, string> = {
  folder: 'folder', image: 'photo', svg: 'vector', html: 'file-type-html', pdf: 'file-type-pdf', notebook: 'notebook', markdown: 'markdown',
  table: 'table', json: 'braces', text: 'file-text', audio: 'music', video: 'movie',
}; // prettier-ignore
