/** What arrives at a node: for each input the result of the node before it, as far as there is one. */
import { useState } from 'react';
import type { Component } from '../graph/catalogue';
import { edgesInto, type NodeDoc, nodeOf } from '../graph/document';
import { type Studio, studio, useStudio } from '../store';
import { Tabs } from './Tabs';
import { Value } from './Value';

const graphOf = (state: Studio) => state.graph;

export function Incoming({ node, component }: { node: NodeDoc; component: Component }) {
  const graph = useStudio(graphOf);
  const [chosen, setChosen] = useState(component.inputs[0]?.name ?? '');
  const port = component.inputs.find((candidate) => candidate.name === chosen) ?? component.inputs[0];
  if (!port) return null;
  const edge = edgesInto(graph, node.id, port.name)[0];
  const source = edge && nodeOf(graph, edge.source);
  return (
    <>
      <Tabs
        label="Inputs"
        tabs={component.inputs.map((input) => ({ key: input.name, title: input.title }))}
        chosen={port.name}
        choose={setChosen}
      />
      {edge && source ? (
        <>
          <button
            type="button"
            className="btn btn-link p-0 dvalue-from"
            onClick={() => studio().openNode(source.id)}
            title="Open that node"
          >
            from {source.title}
          </button>
          <Value key={`${edge.source} ${edge.source_port}`} node={source} port={edge.source_port} type={port.type} />
        </>
      ) : (
        <p className="dvalue-none">
          “{port.title}” is not connected{port.required === false ? '; it may stay so.' : '.'}
        </p>
      )}
    </>
  );
}
