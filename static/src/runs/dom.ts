/** Building elements in one expression. Text is always text: nothing that comes from a record becomes markup. */

type Child = Node | string | number | null | undefined | false;
type Listener = (event: Event) => void;
type Props = Record<string, string | number | boolean | null | undefined | Listener>;

/** `h('button', { class: 'btn', onclick: run, disabled: true }, 'Run')`. False and null leave an attribute out. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), props, children);
}

export function svg<K extends keyof SVGElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): SVGElementTagNameMap[K] {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), props, children);
}

export function icon(name: string, extra = ''): HTMLElement {
  return h('i', { class: `ti ti-${name} ${extra}`.trim(), 'aria-hidden': 'true' });
}

export function replace(element: Element, ...children: Child[]): void {
  element.replaceChildren(...nodes(children));
}

export function empty(title: string, subtitle = ''): HTMLElement {
  return h(
    'div',
    { class: 'empty py-4' },
    h('p', { class: 'empty-title' }, title),
    subtitle && h('p', { class: 'empty-subtitle text-secondary' }, subtitle),
  );
}

/** Hand a text to the person as a file. */
export function download(name: string, content: string, type = 'text/csv;charset=utf-8'): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  saveAs(name, address);
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export function saveAs(name: string, address: string): void {
  const link = h('a', { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
}

function fill<E extends Element>(element: E, props: Props, children: Child[]): E {
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') element.addEventListener(name.replace(/^on/, ''), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...nodes(children));
  return element;
}

function nodes(children: Child[]): (Node | string)[] {
  return children
    .filter((child) => child !== null && child !== undefined && child !== false && child !== '')
    .map((child) => (child instanceof Node ? child : String(child)));
}
