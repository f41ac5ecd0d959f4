/** Talks to the studio's REST API as the person who is signed in. */

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: Record<string, unknown> = {},
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

export interface ApiOptions {
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

/**
 * Send one request and return its JSON. A `Blob`, `ArrayBuffer` or `FormData` body goes as it is, anything else as JSON.
 * Throws `ApiError` for every answer that is not a success, and for no answer at all (status 0, code "unreachable").
 */
export async function api<T = unknown>(
  method: string,
  path: string,
  body?: unknown,
  options: ApiOptions = {},
): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json', ...options.headers };
  if (!isSafe(method)) headers['X-CSRFToken'] = csrfToken();
  let payload: BodyInit | undefined;
  if (isRaw(body)) {
    payload = body;
  } else if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
    payload = JSON.stringify(body);
  }
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: payload,
      signal: options.signal,
      credentials: 'same-origin',
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'unreachable', 'The studio does not answer. Is it still running?');
  }
  if (!response.ok) throw await failure(response);
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

/** What to say to a person about anything that was thrown. */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Django puts the token into every page; the cookie itself cannot be read by scripts. */
export function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? '';
}

function isSafe(method: string): boolean {
  return ['GET', 'HEAD', 'OPTIONS'].includes(method.toUpperCase());
}

function isRaw(body: unknown): body is Blob | ArrayBuffer | FormData {
  return body instanceof Blob || body instanceof ArrayBuffer || body instanceof FormData;
}

async function failure(response: Response): Promise<ApiError> {
  try {
    const said = (await response.json()) as { code?: string; message?: string; fields?: Record<string, unknown> };
    if (said.code && said.message) return new ApiError(response.status, said.code, said.message, said.fields ?? {});
  } catch {
    // Not ours: a proxy in between, or a server that is going down.
  }
  return new ApiError(response.status, 'http', `The studio answered ${response.status} ${response.statusText}.`);
}
