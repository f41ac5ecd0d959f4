/** Drawing a wire by keyboard: from which port, to which port of which node. Only what is legal is offered. */
import { useState } from 'react';
import { focusNode } from '../canvas/instance';
import { componentOf, typeTitle } from '../graph/catalogue';
import { nodeOf } from '../graph/document';
import { type End, openEnds, opposite, portsOn, wire } from '../graph/ports';
import { studio } from '../store';
import type { Menu } from '../store/state';
import { familyIcon } from '../nodes/words';
import { Popover } from './Popover';
import { type Choice, SearchList } from './SearchList';

type PortChoice = Choice & { end: End };

const matching =
  <T extends Choice>(choices: T[]) =>
  (query: string): T[] => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    return choices.filter((choice) =>
      words.every((word) => `${choice.title} ${choice.detail ?? ''}`.toLowerCase().includes(word)),
    );
  };

export function ConnectMenu({ menu }: { menu: Extract<Menu, { kind: 'connect' }> }) {
  const own = ownPorts(menu.node);
  // With a single port there is nothing to ask.
  const [from, setFrom] = useState<End | null>(own.length === 1 ? own[0]!.end : null);
  const close = (): void => studio().show(null);
  const title = nodeOf(studio().graph, menu.node)?.title ?? '';
  return (
    <Popover at={menu.screen} label={`Connect ${title}`} className="dquick" close={close}>
      <div className="dpopover-title">
        {from ? `${title}, ${portTitle(from)}: to which?` : `Connect which port of ${title}?`}
      </div>
      {from ? (
        <SearchList<PortChoice>
          key="to"
          label="Search targets"
          find={matching(targets(from))}
          take={(choice) => {
            close();
            if (choice.key === 'new') studio().show({ kind: 'wire', from, screen: menu.screen, at: below(from) });
            else {
              studio().connect(wire(from, choice.end));
              focusNode(from.node);
            }
          }}
          empty={() => 'No free port fits.'}
        />
      ) : (
        <SearchList<PortChoice>
          key="from"
          label="Search ports"
          find={matching(own)}
          take={(choice) => setFrom(choice.end)}
          empty={() => 'This node has no ports.'}
        />
      )}
    </Popover>
  );
}

export function PortsMenu({ menu }: { menu: Extract<Menu, { kind: 'ports' }> }) {
  const close = (): void => studio().show(null);
  const choices = targets(menu.from).filter((choice) => choice.end.node === menu.node && choice.key !== 'new');
  return (
    <Popover at={menu.screen} label="Which port?" className="dquick" close={close}>
      <div className="dpopover-title">Which port?</div>
      <SearchList<PortChoice>
        label="Search ports"
        find={matching(choices)}
        take={(choice) => {
          close();
          studio().connect(wire(menu.from, choice.end));
        }}
        empty={() => 'No free port fits.'}
      />
    </Popover>
  );
}

function ownPorts(node: string): PortChoice[] {
  const { graph, catalogue } = studio();
  const doc = nodeOf(graph, node);
  if (!doc) return [];
  const component = componentOf(catalogue, graph, doc);
  return (['output', 'input'] as const).flatMap((side) =>
    portsOn(component, side).map((port) => {
      const taken =
        side === 'input' && graph.edges.some((edge) => edge.target === node && edge.target_port === port.name);
      return {
        key: `${side} ${port.name}`,
        title: `${side === 'output' ? 'Output' : 'Input'}: ${port.title}`,
        detail: typeTitle(catalogue, port.type),
        icon: side === 'output' ? 'ti-arrow-bar-to-down' : 'ti-arrow-bar-to-up',
        refused: taken ? 'Already has a wire.' : null,
        end: { node, port: port.name, side },
      };
    }),
  );
}

function targets(from: End): PortChoice[] {
  const { graph, catalogue } = studio();
  const side = opposite(from.side);
  const choices = [...openEnds(graph, catalogue, from)].flatMap(([id, names]) => {
    const doc = nodeOf(graph, id);
    if (!doc) return [];
    const component = componentOf(catalogue, graph, doc);
    return portsOn(component, side)
      .filter((port) => names.has(port.name))
      .map((port) => ({
        key: `${id} ${port.name}`,
        title: `${doc.title} · ${port.title}`,
        detail: component.title,
        icon: familyIcon(component.family),
        end: { node: id, port: port.name, side },
      }));
  });
  return [
    ...choices,
    { key: 'new', title: 'A new node…', detail: 'Choose a component that fits', icon: 'ti-plus', end: from },
  ];
}

function below(from: End): { x: number; y: number } {
  const node = nodeOf(studio().graph, from.node);
  return { x: (node?.x ?? 0) + 110, y: (node?.y ?? 0) + (from.side === 'output' ? 160 : -60) };
}

function portTitle(end: End): string {
  const { graph, catalogue } = studio();
  const doc = nodeOf(graph, end.node);
  return (
    (doc && portsOn(componentOf(catalogue, graph, doc), end.side).find((port) => port.name === end.port)?.title) ??
    end.port
  );
}
