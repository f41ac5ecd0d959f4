/** What a person does to the drawing, in their words: each one step of the history. */
import { edgeId, type GraphDoc, nodeOf } from '../graph/document';
import * as edits from '../graph/edits';
import { fromText, toText } from '../graph/clipboard';
import { bump } from '../graph/habits';
import { tidy } from '../graph/layout';
import { bounds, cornerFor, freePlace, heightOf, WIDTH } from '../graph/place';
import { insertable, opposite, portsOn, typeOf, whyNot, wire } from '../graph/ports';
import { fits } from '../graph/catalogue';
import { selectedEdges, selectedNodes } from './document';
import { loadHabits, storeHabits } from './habits';
import type { EditsSlice, Env, Get } from './state';

const OFFSET = 40;

export function editsSlice(get: Get, env: Env): EditsSlice {
  let pastes = 0;

  function refuse(why: string): false {
    env.say(why, 'warning');
    get().speak(why);
    return false;
  }

  function mayEdit(): boolean {
    return get().canEdit || refuse('You may look at this pipeline, but not change it.');
  }

  return {
    add(added, at, from, port) {
      const { graph, catalogue, edit } = get();
      const component = catalogue.byId.get(added.component);
      if (!component || !mayEdit()) return null;
      if (!from) {
        const node = edits.makeNode(graph, component, freePlace(graph, at), added.params, added.title);
        edit(`add ${node.title}`, (now) => edits.addNode(now, node), { select: [node.id] });
        get().speak(`${node.title} added.`);
        return node.id;
      }
      const side = opposite(from.side);
      const ports = portsOn(component, side);
      const type = typeOf(graph, catalogue, from) ?? '';
      const suits = (candidate: { type: string }) =>
        from.side === 'output' ? fits(type, candidate.type) : fits(candidate.type, type);
      const index = ports.findIndex((candidate) => (port ? candidate.name === port : suits(candidate)));
      if (index < 0) return null;
      const node = edits.makeNode(
        graph,
        component,
        cornerFor(at, side, index, ports.length),
        added.params,
        added.title,
      );
      const edge = wire(from, { node: node.id, port: ports[index]!.name, side });
      const other = nodeOf(graph, from.node);
      edit(`add ${node.title}`, (now) => edits.connect(edits.addNode(now, node), edge), { select: [node.id] });
      if (other) {
        const [first, then] =
          from.side === 'output' ? [other.component, component.id] : [component.id, other.component];
        storeHabits(bump(loadHabits(), first, then, from.side));
      }
      get().speak(`${node.title} added and connected.`);
      return node.id;
    },

    insert(added, edge, at) {
      const { graph, catalogue, edit } = get();
      if (!mayEdit()) return null;
      const between = insertable(graph, catalogue, edge).find(
        (candidate) => candidate.component.id === added.component,
      );
      if (!between) {
        refuse(`${catalogue.byId.get(added.component)?.title ?? 'This component'} does not fit into this wire.`);
        return null;
      }
      const [source, target] = [nodeOf(graph, edge.source), nodeOf(graph, edge.target)];
      if (!source || !target) return null;
      const height = heightOf({ comment: '' });
      const middle = at ?? {
        x: (source.x + target.x) / 2,
        y: (source.y + heightOf(source) + target.y) / 2 - height / 2,
      };
      const node = edits.makeNode(graph, between.component, middle, added.params, added.title);
      edit(`insert ${node.title}`, (now) => makeRoom(edits.insertInto(now, edge, node, between), node.id, target.id), {
        select: [node.id],
      });
      get().speak(`${node.title} inserted.`);
      return node.id;
    },

    connect(edge) {
      const { graph, catalogue, edit } = get();
      if (!mayEdit()) return false;
      const why = whyNot(graph, catalogue, edge);
      if (why) return refuse(why);
      edit('connect', (now) => edits.connect(now, edge));
      const [source, target] = [nodeOf(graph, edge.source), nodeOf(graph, edge.target)];
      if (source && target) {
        storeHabits(bump(loadHabits(), source.component, target.component, 'output'));
        get().speak(`${source.title} connected to ${target.title}.`);
      }
      return true;
    },

    reconnect(old, next) {
      const { graph, catalogue, edit } = get();
      if (edgeId(old) === edgeId(next)) return;
      const without = edits.disconnect(graph, new Set([edgeId(old)]));
      const why = whyNot(without, catalogue, next);
      if (why) refuse(why);
      else edit('move a wire', (now) => edits.connect(edits.disconnect(now, new Set([edgeId(old)])), next));
    },

    removeSelected() {
      const [nodes, edges] = [selectedNodes(get()), selectedEdges(get())];
      if (!nodes.length && !edges.length) return;
      if (!mayEdit()) return;
      const what = nodes.length ? counted(nodes.length, 'node') : counted(edges.length, 'wire');
      get().edit(`delete ${what}`, (now) => edits.remove(now, new Set(nodes), new Set(edges)));
      get().speak(`${what} deleted.`);
    },

    duplicate() {
      const ids = selectedNodes(get());
      if (!ids.length || !mayEdit()) return;
      const { graph } = get();
      const { graph: grown, added } = edits.graft(graph, edits.part(graph, new Set(ids)), { x: OFFSET, y: OFFSET });
      get().edit(`duplicate ${counted(ids.length, 'node')}`, () => grown, { select: added });
    },

    copy() {
      const ids = selectedNodes(get());
      if (!ids.length) return null;
      pastes = 0;
      get().speak(`${counted(ids.length, 'node')} copied.`);
      return toText(edits.part(get().graph, new Set(ids)));
    },

    paste(text, at) {
      if (!mayEdit()) return;
      const read = fromText(text);
      if ('refused' in read) {
        refuse(read.refused);
        return;
      }
      const { piece, unknown } = edits.placeable(read.graph, get().catalogue);
      const box = bounds(piece);
      if (!box) {
        refuse(`This studio has no component “${unknown[0]}”, so nothing was pasted.`);
        return;
      }
      pastes += 1;
      const by = at
        ? { x: at.x - box.x - box.width / 2, y: at.y - box.y - box.height / 2 }
        : { x: OFFSET * pastes, y: OFFSET * pastes };
      const { graph: grown, added } = edits.graft(get().graph, piece, by);
      get().edit(`paste ${counted(added.length, 'node')}`, () => grown, { select: added });
      if (unknown.length) env.say(`Left out, because this studio does not have it: ${unknown.join(', ')}.`, 'warning');
      get().speak(`${counted(added.length, 'node')} pasted.`);
    },

    nudge(dx, dy) {
      const ids = selectedNodes(get());
      if (!ids.length) return;
      get().edit(
        'move',
        (now) =>
          edits.place(
            now,
            new Map(
              now.nodes
                .filter((node) => ids.includes(node.id))
                .map((node) => [node.id, { x: node.x + dx, y: node.y + dy }]),
            ),
          ),
        { key: `nudge ${ids.join()}` },
      );
    },

    async tidy() {
      if (!mayEdit()) return;
      const { graph, catalogue } = get();
      const ids = selectedNodes(get());
      const only = ids.length > 1 ? new Set(ids) : undefined;
      const positions = await tidy(graph, catalogue, env.layout, only);
      get().edit('tidy up', (now) => edits.place(now, positions));
      get().speak('Tidied up.');
    },

    setParam: (node, name, value) =>
      get().edit('change a setting', (now) => edits.setParam(now, node, name, value), { key: `param ${node} ${name}` }),
    setTitle(node, title) {
      const text = title.trim().slice(0, 120);
      if (text && text !== nodeOf(get().graph, node)?.title)
        get().edit('rename', (now) => edits.change(now, node, { title: text }));
    },
    setComment(node, comment) {
      if (comment === nodeOf(get().graph, node)?.comment) return;
      get().edit('comment', (now) => edits.change(now, node, { comment }), { key: `comment ${node}` });
    },
  };
}

/** Pushes what lies below an inserted node down, if the gap was too small for it. */
function makeRoom(graph: GraphDoc, inserted: string, target: string): GraphDoc {
  const [node, next] = [nodeOf(graph, inserted), nodeOf(graph, target)];
  if (!node || !next) return graph;
  const missing = node.y + heightOf(node) + OFFSET - next.y;
  if (missing <= 0 || Math.abs(node.x - next.x) > WIDTH * 2) return graph;
  const [up, down] = [Math.min(missing / 2, 40), missing];
  const moved = new Map(
    graph.nodes.flatMap((other) =>
      other.id !== inserted && other.y >= next.y ? [[other.id, { x: other.x, y: other.y + down }] as const] : [],
    ),
  );
  return edits.place(graph, moved.set(inserted, { x: node.x, y: node.y + up / 4 }));
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
