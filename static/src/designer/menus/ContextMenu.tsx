/** The menu under the right button, and under the menu key. */
import { useEffect, useRef } from 'react';
import { focusCanvas, focusNode, flow } from '../canvas/instance';
import { Icon } from '../nodes/Icon';
import { edgeId, nodeOf } from '../graph/document';
import { isOver } from '../store/running';
import { studio } from '../store';
import { selectedNodes } from '../store/document';
import type { Menu } from '../store/state';
import { copySelection, cutSelection, pasteFromMenu } from '../canvas/clipboard';
import { Popover } from './Popover';

type Entry = { title: string; icon: string; keys?: string; off?: boolean; act: () => void } | 'line';
type Context = Extract<Menu, { kind: 'node' | 'edge' | 'canvas' }>;

export function ContextMenu({ menu }: { menu: Context }) {
  const box = useRef<HTMLDivElement>(null);
  const close = (): void => studio().show(null);
  useEffect(() => void box.current?.querySelector<HTMLElement>('button:not(:disabled)')?.focus(), []);
  const step = (event: React.KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const items = [...(box.current?.querySelectorAll<HTMLElement>('button:not(:disabled)') ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    items[(at + by + items.length) % items.length]?.focus();
  };
  return (
    <Popover at={menu.screen} label="Actions" role="menu" className="dmenu" close={close}>
      <div ref={box} onKeyDown={step}>
        {entriesFor(menu).map((entry, index) =>
          entry === 'line' ? (
            <hr key={index} />
          ) : (
            <button
              key={entry.title}
              type="button"
              role="menuitem"
              disabled={entry.off}
              onClick={() => {
                close();
                focusCanvas();
                entry.act();
              }}
            >
              <Icon name={entry.icon} /> <span>{entry.title}</span>
              {entry.keys && <kbd>{entry.keys}</kbd>}
            </button>
          ),
        )}
      </div>
    </Popover>
  );
}

function entriesFor(menu: Context): Entry[] {
  if (menu.kind === 'node') return nodeEntries(menu);
  if (menu.kind === 'edge') return edgeEntries(menu);
  const { canEdit, graph } = studio();
  const off = !canEdit;
  return [
    {
      title: 'Add a node…',
      icon: 'ti-plus',
      keys: 'A',
      off,
      act: () => studio().show({ kind: 'add', screen: menu.screen, at: menu.at }),
    },
    { title: 'Paste', icon: 'ti-clipboard', keys: 'Ctrl V', off, act: () => pasteFromMenu(menu.at) },
    {
      title: 'Select all',
      icon: 'ti-select-all',
      keys: 'Ctrl A',
      act: () => studio().select(graph.nodes.map((node) => node.id)),
    },
    'line',
    { title: 'Tidy up', icon: 'ti-hierarchy', keys: 'T', off, act: () => void studio().tidy() },
    {
      title: 'Fit everything',
      icon: 'ti-maximize',
      keys: 'F',
      act: () => void flow()?.fitView({ padding: 0.15, maxZoom: 1, duration: 200 }),
    },
  ];
}

function nodeEntries(menu: Extract<Menu, { kind: 'node' }>): Entry[] {
  const { canEdit, run, submitting, graph, states } = studio();
  const off = !canEdit;
  const busy = off || submitting || !isOver(run);
  const several = selectedNodes(studio()).length > 1;
  const failed = ['failed', 'errored'].includes(states[menu.node]?.status ?? '');
  const comment = nodeOf(graph, menu.node)?.comment;
  return [
    { title: 'Open', icon: 'ti-arrows-maximize', keys: 'Enter', act: () => studio().openNode(menu.node) },
    'line',
    ...(failed
      ? [{ title: 'Run again from here', icon: 'ti-refresh', off: busy, act: () => void studio().resume() }]
      : []),
    {
      title: 'Run up to here',
      icon: 'ti-player-track-next',
      keys: 'Ctrl Shift Enter',
      off: busy,
      act: () => void studio().submit('to', menu.node),
    },
    {
      title: 'Run only this',
      icon: 'ti-player-play',
      keys: 'Alt Enter',
      off: busy,
      act: () => void studio().submit('only', menu.node),
    },
    'line',
    {
      title: 'Connect…',
      icon: 'ti-plug-connected',
      keys: 'C',
      off: off || several,
      act: () => studio().show({ kind: 'connect', node: menu.node, screen: menu.screen }),
    },
    {
      title: 'Rename',
      icon: 'ti-edit',
      keys: 'F2',
      off: off || several,
      act: () => studio().patch({ renaming: menu.node }),
    },
    {
      title: comment ? 'Change the comment' : 'Comment',
      icon: 'ti-message',
      keys: 'M',
      off: off || several,
      act: () => studio().patch({ commenting: menu.node }),
    },
    'line',
    { title: 'Copy', icon: 'ti-copy', keys: 'Ctrl C', act: () => void copySelection() },
    { title: 'Cut', icon: 'ti-cut', keys: 'Ctrl X', off, act: () => void cutSelection() },
    { title: 'Duplicate', icon: 'ti-box-multiple', keys: 'Ctrl D', off, act: () => studio().duplicate() },
    { title: 'Delete', icon: 'ti-trash', keys: 'Del', off, act: () => studio().removeSelected() },
    ...(several
      ? ([
          'line',
          { title: 'Tidy up these', icon: 'ti-hierarchy', keys: 'T', off, act: () => void studio().tidy() },
        ] as Entry[])
      : []),
  ];
}

function edgeEntries(menu: Extract<Menu, { kind: 'edge' }>): Entry[] {
  const off = !studio().canEdit;
  return [
    {
      title: 'Insert a node…',
      icon: 'ti-plus',
      keys: 'I',
      off,
      act: () => studio().show({ kind: 'insert', edge: menu.edge, screen: menu.screen }),
    },
    {
      title: 'Look at what runs through it',
      icon: 'ti-table',
      act: () => {
        focusNode(menu.edge.source);
        studio().openNode(menu.edge.source);
      },
    },
    {
      title: 'Delete the wire',
      icon: 'ti-trash',
      keys: 'Del',
      off,
      act: () => {
        studio().select([], [edgeId(menu.edge)]);
        studio().removeSelected();
      },
    },
  ];
}
