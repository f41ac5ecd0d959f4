"""Slows down who guesses passwords. Counted in the web process's memory: there is one, and a restart may forget."""

import time

from django.core.cache import cache

# A person who mistypes has five tries in a minute's pace; one address gets fifty for all names together, because a
# whole office may sit behind it.
WINDOW = 5 * 60
TRIES_PER_NAME = 5
TRIES_PER_ADDRESS = 50


def wait_for(address: str, username: str) -> str:
    """The sentence to show who has tried too often, or nothing."""
    now = time.time()
    for key, most in _keys(address, username):
        tries = [t for t in cache.get(key, []) if t > now - WINDOW]
        if len(tries) >= most:
            minutes = max(1, round((tries[-most] + WINDOW - now) / 60))
            return f"Too many attempts. Wait {minutes} minute{'s' if minutes > 1 else ''} and try again."
    return ""


def count(address: str, username: str) -> None:
    now = time.time()
    for key, most in _keys(address, username):
        cache.set(key, [t for t in cache.get(key, []) if t > now - WINDOW][-most:] + [now], WINDOW)


def forget(address: str, username: str) -> None:
    key, _ = _keys(address, username)[0]
    cache.delete(key)


def _keys(address: str, username: str) -> list[tuple[str, int]]:
    # By name *and* address: else anybody could lock anybody out.
    name = username.casefold().encode().hex()[:100]
    return [(f"sign-in:{address}:{name}", TRIES_PER_NAME), (f"sign-in:{address}", TRIES_PER_ADDRESS)]
