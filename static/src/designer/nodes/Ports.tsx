/** The ports along one edge of a node, with their labels while they are wanted. */
import { Handle, Position } from '@xyflow/react';
import { memo } from 'react';
import { type Port, typeTitle } from '../graph/catalogue';
import { portAt } from '../graph/place';
import type { Side } from '../graph/ports';
import { type Studio, useStudio } from '../store';

type Props = { node: string; ports: readonly Port[]; side: Side; open: ReadonlySet<string> | 'self' | null };

const catalogueOf = (state: Studio) => state.catalogue;
const editable = (state: Studio) => state.canEdit && !state.preview;

export const Ports = memo(function Ports({ node, ports, side, open }: Props) {
  const catalogue = useStudio(catalogueOf);
  const canEdit = useStudio(editable);
  return ports.map((port, index) => {
    const may = open === null || open === 'self' ? '' : open.has(port.name) ? ' is-open' : ' is-shut';
    const need = side === 'input' && port.required === false ? ', optional' : '';
    const label = `${port.title}: ${typeTitle(catalogue, port.type)}${need}`;
    return (
      <Handle
        key={port.name}
        id={port.name}
        type={side === 'input' ? 'target' : 'source'}
        position={side === 'input' ? Position.Top : Position.Bottom}
        isConnectable={canEdit}
        className={`dport dport-${side} type-${port.type}${need ? ' is-optional' : ''}${may}`}
        style={{ left: `${portAt(index, ports.length)}%` }}
        data-node={node}
        data-port={port.name}
        data-side={side}
        aria-label={label}
      >
        <span className="dport-label">{label}</span>
      </Handle>
    );
  });
});
