/** elk, in a worker: a thousand nodes are laid out while the page stays alive. Fetched when first used. */
import type { Engine, ElkNode } from './graph/layout';

let engine: Promise<Engine> | undefined;

export const layout: Engine = async (graph) => {
  engine ??= start();
  return (await engine)(graph);
};

async function start(): Promise<Engine> {
  const [{ default: Elk }, { default: address }] = await Promise.all([
    import('elkjs/lib/elk-api.js'),
    import('elkjs/lib/elk-worker.min.js?url'),
  ]);
  const elk = new Elk({ workerUrl: address });
  return (graph) => elk.layout(graph as never) as unknown as Promise<ElkNode>;
}
