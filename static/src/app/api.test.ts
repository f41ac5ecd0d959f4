import { beforeEach, describe, expect, it, vi } from 'vitest';

import { api, ApiError, sentence } from './api';

function answer(status: number, body: unknown): void {
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => new Response(body === undefined ? null : JSON.stringify(body), { status })),
  );
}

describe('api', () => {
  beforeEach(() => {
    document.head.innerHTML = '<meta name="csrf-token" content="abc">';
  });

  it('sends JSON with the CSRF token and returns what came back', async () => {
    answer(201, { id: 7 });

    expect(await api('POST', '/api/v1/w/lab/pipelines', { name: 'First' })).toEqual({ id: 7 });

    const [path, sent] = vi.mocked(fetch).mock.calls[0]!;
    expect(path).toBe('/api/v1/w/lab/pipelines');
    expect(sent).toMatchObject({
      method: 'POST',
      body: '{"name":"First"}',
      headers: { 'Content-Type': 'application/json', 'X-CSRFToken': 'abc' },
    });
  });

  it('reads without a token and understands an empty answer', async () => {
    answer(204, undefined);

    expect(await api('GET', '/api/v1/me')).toBeUndefined();

    expect(vi.mocked(fetch).mock.calls[0]![1]!.headers).not.toHaveProperty('X-CSRFToken');
  });

  it('throws what the server said, with code, fields and status', async () => {
    answer(409, { code: 'revision-conflict', message: 'Rita saved meanwhile.', fields: { revision: 4 } });

    await expect(api('PUT', '/graph', {})).rejects.toMatchObject({
      status: 409,
      code: 'revision-conflict',
      message: 'Rita saved meanwhile.',
      fields: { revision: 4 },
    });
  });

  it('says so when something answers that is not the studio', async () => {
    vi.stubGlobal('fetch', async () => new Response('<html>', { status: 502, statusText: 'Bad Gateway' }));

    await expect(api('GET', '/x')).rejects.toMatchObject({ code: 'http', status: 502 });
  });

  it('says so when nobody answers', async () => {
    vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('Failed to fetch')));

    const error = await api('GET', '/x').catch((caught: unknown) => caught);

    expect(error).toBeInstanceOf(ApiError);
    expect(sentence(error)).toBe('The studio does not answer. Is it still running?');
  });
});
