/** What the designer knows at a moment, and what can be done to it. The slices beside this file fill it in. */
import type { EdgeChange, NodeChange } from '@xyflow/react';
import type { Api, Asset, Mode, NodeState, Problem, RunRef, Schemas } from '../api';
import type { Catalogue } from '../graph/catalogue';
import type { EdgeDoc, GraphDoc } from '../graph/document';
import type { Point } from '../graph/edits';
import type { History } from '../graph/history';
import type { Engine } from '../graph/layout';
import type { End } from '../graph/ports';
import type { FlowEdge, FlowNode } from './flow';
import type { SaveMark } from './saver';

export type Kind = 'info' | 'success' | 'warning' | 'danger';
export type Subscribe = (
  topic: 'run' | 'workspace',
  id: string,
  after: number,
  handler: (message: News) => void,
) => () => void;
export type News = { event?: number; type: string; body: Record<string, unknown> };

/** The world outside, handed in so that the store can be tried without it. */
export type Env = {
  api: Api;
  say(message: string, kind: Kind): void;
  subscribe: Subscribe;
  layout: Engine;
  workspace: string;
  runUrl(runId: string): string;
  modelUrl(name: string): string;
};

export type Menu =
  | { kind: 'wire'; from: End; screen: Point; at: Point } // a wire let go over nothing
  | { kind: 'insert'; edge: EdgeDoc; screen: Point }
  | { kind: 'add'; screen: Point; at: Point }
  | { kind: 'ports'; from: End; node: string; screen: Point } // several ports of one node would do
  | { kind: 'connect'; node: string; screen: Point }
  | { kind: 'node'; node: string; screen: Point }
  | { kind: 'edge'; edge: EdgeDoc; screen: Point }
  | { kind: 'canvas'; screen: Point; at: Point };

export type Drawer = 'problems' | 'history' | null;
export type Added = { component: string; params?: Record<string, unknown>; title?: string };

export type DocumentSlice = {
  graph: GraphDoc;
  history: History;
  nodes: FlowNode[];
  edges: FlowEdge[];
  name: string;
  edit(label: string, change: (graph: GraphDoc) => GraphDoc, options?: { key?: string; select?: string[] }): void;
  undo(): void;
  redo(): void;
  replace(graph: GraphDoc, label: string): void;
  onNodesChange(changes: NodeChange<FlowNode>[]): void;
  onEdgesChange(changes: EdgeChange<FlowEdge>[]): void;
  settle(): void; // dragged nodes have arrived
  select(nodes: readonly string[], edges?: readonly string[]): void;
  rename(name: string): Promise<void>;
};

export type EditsSlice = {
  add(added: Added, at: Point, from?: End, port?: string): string | null;
  insert(added: Added, edge: EdgeDoc, at?: Point): string | null;
  connect(edge: EdgeDoc): boolean;
  reconnect(old: EdgeDoc, next: EdgeDoc): void;
  removeSelected(): void;
  duplicate(): void;
  copy(): string | null;
  paste(text: string, at?: Point): void;
  nudge(dx: number, dy: number): void;
  tidy(): Promise<void>;
  setParam(node: string, name: string, value: unknown): void;
  setTitle(node: string, title: string): void;
  setComment(node: string, comment: string): void;
};

export type SavingSlice = {
  save: SaveMark;
  revision: number;
  takeTheirs(): void;
  keepMine(): Promise<void>;
  retrySave(): void;
  lookForOthers(): Promise<void>;
  preview: { revision: number; graph: GraphDoc } | null;
  showVersion(revision: number | null): Promise<void>;
  restore(revision: number): Promise<void>;
};

export type CheckingSlice = {
  problems: Problem[];
  byNode: Record<string, Problem[]>;
  schemas: Schemas;
  checkFailed: string | null;
  checked: GraphDoc | null;
};

export type RunningSlice = {
  run: RunRef | null;
  states: Record<string, NodeState>;
  since: Record<string, number>; // when a node was first seen running here, for the elapsed time
  submitting: boolean;
  reuse: boolean;
  setReuse(reuse: boolean): void;
  submit(mode: Mode, node?: string): Promise<void>;
  cancel(): Promise<void>;
  resume(): Promise<void>;
  refreshState(): Promise<void>;
  logTick: Record<string, number>;
};

export type ScreenSlice = {
  canEdit: boolean;
  catalogue: Catalogue;
  assets: Asset[];
  assetsCut: boolean;
  open: string | null;
  focusParam: string | null;
  menu: Menu | null;
  drawer: Drawer;
  shortcuts: boolean;
  renaming: string | null;
  commenting: string | null;
  tool: 'pan' | 'select';
  palette: boolean;
  connecting: { from: End; open: Map<string, Set<string>> } | null;
  dropEdge: string | null;
  spoken: string;
  centre: { node: string; tick: number } | null;
  openNode(id: string | null, param?: string | null): void;
  show(menu: Menu | null): void;
  setDrawer(drawer: Drawer): void;
  goTo(node: string): void;
  speak(text: string): void;
  startConnecting(from: End | null, without?: EdgeDoc): void;
  patch(fields: Partial<ScreenSlice>): void;
};

export type Studio = DocumentSlice & EditsSlice & SavingSlice & CheckingSlice & RunningSlice & ScreenSlice;

export type Get = () => Studio;
export type Write = (fields: Partial<Studio> | ((state: Studio) => Partial<Studio>)) => void;
