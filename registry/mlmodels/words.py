"""A name for what its maker did not name. Django-free."""

import random

QUALITIES = (
    "amber", "brisk", "calm", "clever", "crisp", "eager", "even", "gentle", "glad", "hardy", "keen", "kind", "light",
    "lively", "mellow", "merry", "neat", "nimble", "patient", "plain", "proud", "quick", "quiet", "ready", "round",
    "sharp", "silver", "steady", "sunny", "swift", "tidy", "warm",
)  # fmt: skip
THINGS = (
    "badger", "beech", "birch", "brook", "cedar", "crane", "dove", "elm", "falcon", "fern", "finch", "fox", "hare", "heron",
    "ibis", "ivy", "jay", "kite", "lark", "linden", "lynx", "maple", "marten", "oak", "otter", "owl", "pine", "raven",
    "robin", "seal", "swan", "wren",
)  # fmt: skip


def pair() -> str:
    """`calm-heron-417`: to be read and told apart, not to be unique."""
    # Not a secret, and seeds of the caller's own are not to be spent here.
    chance = random.SystemRandom()
    return f"{chance.choice(QUALITIES)}-{chance.choice(THINGS)}-{chance.randrange(1000)}"
