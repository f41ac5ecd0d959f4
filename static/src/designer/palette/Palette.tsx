/** Everything that can be placed: the workspace's data and the components, by family, with search. */
import { memo, useDeferredValue, useRef, useState } from 'react';
import { endDrag, startDrag } from '../canvas/dropping';
import { focusNode, viewCentre } from '../canvas/instance';
import { type Component, DATA } from '../graph/catalogue';
import type { Added } from '../store/state';
import { type Studio, studio, useStudio, useStudioShallow } from '../store';
import { Icon } from '../nodes/Icon';
import { familyIcon } from '../nodes/words';
import { find } from './search';

type Item = { key: string; title: string; detail: string; icon: string; added: Added };
type Group = { title: string; items: Item[]; note?: string };

const shown = (state: Studio) => ({
  catalogue: state.catalogue,
  assets: state.assets,
  cut: state.assetsCut,
  open: state.palette,
});

export const Palette = memo(function Palette() {
  const { catalogue, assets, cut, open } = useStudioShallow(shown);
  const canEdit = useStudio((state) => state.canEdit);
  const [text, setText] = useState('');
  const query = useDeferredValue(text);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const list = useRef<HTMLDivElement>(null);
  if (!canEdit) return null;
  if (!open) {
    return (
      <button
        type="button"
        className="dpalette-opener"
        aria-label="Show the palette"
        title="Show the palette"
        onClick={() => studio().patch({ palette: true })}
      >
        <Icon name="ti-layout-sidebar-left-expand" />
      </button>
    );
  }
  const groups: Group[] = [dataGroup(assets, query, cut), ...families(catalogue.components, query)].filter(
    (group) => group.items.length > 0,
  );
  const step = (event: React.KeyboardEvent, by: number): void => {
    const items = [...(list.current?.querySelectorAll<HTMLElement>('.dpalette-item') ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    event.preventDefault();
    if (at + by < 0) document.getElementById('palette-search')?.focus();
    else items[Math.min(at + by, items.length - 1)]?.focus();
  };
  return (
    <aside
      className="dpalette"
      aria-label="Palette"
      onKeyDown={(event) => {
        if (event.key === 'ArrowDown') step(event, 1);
        if (event.key === 'ArrowUp') step(event, -1);
      }}
    >
      <div className="dpalette-top">
        <div className="input-icon">
          <span className="input-icon-addon">
            <Icon name="ti-search" />
          </span>
          <input
            id="palette-search"
            type="search"
            className="form-control form-control-sm"
            placeholder="Search"
            aria-label="Search components and data"
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              const first = groups[0]?.items[0];
              if (event.key === 'Enter' && first && query === text) add(first.added);
              if (event.key === 'Escape') setText('');
            }}
          />
        </div>
        <button
          type="button"
          className="btn btn-sm btn-icon btn-ghost-secondary"
          aria-label="Hide the palette"
          title="Hide the palette"
          onClick={() => studio().patch({ palette: false })}
        >
          <Icon name="ti-layout-sidebar-left-collapse" />
        </button>
      </div>
      <div className="dpalette-list" ref={list}>
        {groups.map((group) => {
          const isOpen = query !== '' || !closed.has(group.title);
          return (
            <section key={group.title}>
              <button
                type="button"
                className="dpalette-family"
                aria-expanded={isOpen}
                onClick={() => setClosed((now) => toggled(now, group.title))}
              >
                <Icon name={isOpen ? 'ti-chevron-down' : 'ti-chevron-right'} /> {group.title}
                <span className="dpalette-count">{group.items.length}</span>
              </button>
              {isOpen && group.items.map((item) => <PaletteItem key={item.key} item={item} />)}
              {isOpen && group.note && <p className="dpalette-note">{group.note}</p>}
            </section>
          );
        })}
        {groups.length === 0 && (
          <p className="dpalette-note">
            Nothing is called “{query}”.{' '}
            <button type="button" className="btn btn-link p-0" onClick={() => setText('')}>
              Show everything
            </button>
          </p>
        )}
      </div>
    </aside>
  );
});

const PaletteItem = memo(function PaletteItem({ item }: { item: Item }) {
  return (
    <button
      type="button"
      className="dpalette-item"
      draggable
      title={`${item.detail}\nDrag it onto the canvas, or click to add it.`}
      onDragStart={(event) => startDrag(event, item.added)}
      onDragEnd={endDrag}
      onClick={() => add(item.added)}
    >
      <Icon name={item.icon} /> <span>{item.title}</span>
    </button>
  );
});

function add(added: Added): void {
  const id = studio().add(added, viewCentre());
  if (id) focusNode(id);
}

export const assetNode = (name: string): Added => ({
  component: DATA,
  title: name,
  params: { asset: { name, version: null } },
});

function dataGroup(assets: Studio['assets'], query: string, cut: boolean): Group {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const items = assets
    .filter((asset) =>
      words.every((word) => `data ${asset.name} ${asset.description ?? ''}`.toLowerCase().includes(word)),
    )
    .map((asset) => ({
      key: `asset ${asset.name}`,
      title: asset.name,
      detail: asset.description || `The data asset ${asset.name}.`,
      icon: 'ti-table',
      added: assetNode(asset.name),
    }));
  return {
    title: 'Your data',
    items,
    note: cut ? 'The newest 200 data assets. Place “Data” and choose any other in its settings.' : undefined,
  };
}

function families(components: readonly Component[], query: string): Group[] {
  const groups = new Map<string, Item[]>();
  for (const component of find(components, query, (item) => item)) {
    const item = {
      key: component.id,
      title: component.title,
      detail: component.description,
      icon: familyIcon(component.family),
      added: { component: component.id },
    };
    groups.set(component.family, [...(groups.get(component.family) ?? []), item]);
  }
  return [...groups].map(([title, items]) => ({ title, items }));
}

function toggled(set: ReadonlySet<string>, value: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(value)) next.add(value);
  return next;
}
