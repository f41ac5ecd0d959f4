/** Links that tracking clients print ("View run at …/#/experiments/7/runs/<id>") lead to the pages that show the same. */

export function pageOf(path: string, hash: string): string | null {
  const workspace = /^\/w\/([^/]+)\/?$/.exec(path)?.[1];
  if (!workspace) return null;
  const home = `/w/${workspace}`;
  const [kind, first, second, third] = hash.replace(/^#\//, '').split(/[/?]/);
  if (kind === 'experiments' && first) {
    if (second === 'runs' && third) return `${home}/runs/${encodeURIComponent(decoded(third))}/`;
    return /^\d+$/.test(first) ? `${home}/runs/?e=${first}` : null;
  }
  if (kind === 'models' && first) {
    const model = `${home}/models/${encodeURIComponent(decoded(first))}/`;
    return second === 'versions' && third && /^\d+$/.test(third) ? `${model}versions/${third}/` : model;
  }
  return null;
}

export function followClientLink(): void {
  const page = location.hash.startsWith('#/') ? pageOf(location.pathname, location.hash) : null;
  if (page) location.replace(page);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
