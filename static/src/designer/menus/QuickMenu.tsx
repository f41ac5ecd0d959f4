/** What shall stand here? Only components that fit: at the end of a wire, inside a wire, or anywhere. */
import { focusCanvas, focusNode } from '../canvas/instance';
import { type Component, DATA, typeTitle } from '../graph/catalogue';
import { nodeOf } from '../graph/document';
import { likelihood } from '../graph/habits';
import { insertable, partners, typeOf } from '../graph/ports';
import { find } from '../palette/search';
import { assetNode } from '../palette/Palette';
import { loadHabits } from '../store/habits';
import { studio } from '../store';
import type { Added, Menu } from '../store/state';
import { familyIcon } from '../nodes/words';
import { Popover } from './Popover';
import { type Choice, SearchList } from './SearchList';

type Quick = Extract<Menu, { kind: 'wire' | 'insert' | 'add' }>;
type Item = Choice & { component: Component; port?: string; added: Added };

export function QuickMenu({ menu }: { menu: Quick }) {
  const items = itemsFor(menu);
  const close = (): void => studio().show(null);
  const take = (item: Item): void => {
    close();
    const id = place(menu, item);
    if (id) focusNode(id);
    else focusCanvas();
  };
  return (
    <Popover at={menu.screen} label={titleOf(menu)} className="dquick" close={close}>
      <div className="dpopover-title">{titleOf(menu)}</div>
      <SearchList
        label="Search components"
        find={(query) =>
          find(
            items,
            query,
            (item) => ({ ...item.component, title: item.title }),
            (item) => priorOf(menu, item),
          )
        }
        take={take}
        empty={(query) => (query ? `Nothing that fits here is called “${query}”.` : 'No component fits here.')}
      />
    </Popover>
  );
}

function itemsFor(menu: Quick): Item[] {
  const { graph, catalogue, assets } = studio();
  const item = (component: Component, port?: string): Item => ({
    key: component.id,
    title: component.title,
    detail: component.family,
    icon: familyIcon(component.family),
    component,
    port,
    added: { component: component.id },
  });
  const data = catalogue.byId.get(DATA);
  const assetItems = (port?: string): Item[] =>
    data
      ? assets.map((asset) => ({
          ...item(data, port),
          key: `asset ${asset.name}`,
          title: asset.name,
          detail: 'Your data',
          icon: 'ti-table',
          added: assetNode(asset.name),
        }))
      : [];
  if (menu.kind === 'insert') return insertable(graph, catalogue, menu.edge).map(({ component }) => item(component));
  if (menu.kind === 'add') return [...catalogue.components.map((component) => item(component)), ...assetItems()];
  const type = typeOf(graph, catalogue, menu.from) ?? '';
  const fitting = partners(catalogue, type, menu.from.side).map(({ component, port }) => item(component, port.name));
  const dataPort = fitting.find((candidate) => candidate.component.id === DATA)?.port;
  return dataPort ? [...fitting, ...assetItems(dataPort)] : fitting;
}

function place(menu: Quick, item: Item): string | null {
  if (menu.kind === 'insert') return studio().insert(item.added, menu.edge);
  if (menu.kind === 'add') return studio().add(item.added, menu.at);
  return studio().add(item.added, menu.at, menu.from, item.port);
}

function priorOf(menu: Quick, item: Item): number {
  const { graph } = studio();
  if (menu.kind === 'add') return 0;
  const [own, side] =
    menu.kind === 'wire'
      ? [nodeOf(graph, menu.from.node), menu.from.side]
      : [nodeOf(graph, menu.edge.source), 'output' as const];
  return own ? likelihood(loadHabits(), own.component, item.component.id, side) : 0;
}

function titleOf(menu: Quick): string {
  const { graph, catalogue } = studio();
  if (menu.kind === 'insert') return 'Insert into this wire';
  if (menu.kind === 'add') return 'Add a node';
  const title = typeTitle(catalogue, typeOf(graph, catalogue, menu.from) ?? '').toLowerCase();
  return menu.from.side === 'output' ? `Takes: ${title}` : `Gives: ${title}`;
}
