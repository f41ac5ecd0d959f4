"""What models, aliases and tags may be called: as far as MLflow lets them, less what cannot be stored or addressed."""

import posixpath
import re
from collections.abc import Iterable, Mapping
from typing import Any

from registry.errors import Invalid
from registry.mlmodels.models.registered import ALIAS_LENGTH, NAME_LENGTH

TAGS, KEY_LENGTH, VALUE_LENGTH = 100, 250, 100_000
# The name stands in addresses and in file names of downloads.
FORBIDDEN = re.compile(r"[/\\\x00-\x1f\x7f]")
ALIAS = re.compile(r"[\w\-]+")
LIKE_A_VERSION = re.compile(r"[vV]\d+")
LONGEST_WRITTEN = 500  # characters of a tag in a row of them
# Tags of clients' own bookkeeping: people see them, and do not lose them when they rewrite theirs.
RESERVED = "mlflow."
IS_PROMPT = "mlflow.prompt.is_prompt"


def checked_name(name: Any) -> str:
    """A name that a person or a pipeline gives. Runs of spaces become one."""
    name = " ".join(str(name or "").split()) if not FORBIDDEN.search(str(name or "")) else str(name)
    if not name:
        raise Invalid("Give the model a name.", fields={"name": "A model needs a name."})
    if len(name) > NAME_LENGTH:
        raise Invalid(
            f"The name of a model may have {NAME_LENGTH} characters; this one has {len(name)}.",
            fields={"name": f"At most {NAME_LENGTH} characters."},
        )
    if FORBIDDEN.search(name):
        raise Invalid(
            "The name of a model may not hold slashes or control characters, because it stands in addresses.",
            fields={"name": "No slashes or control characters."},
        )
    if not is_a_path_of_one(name):
        raise Invalid(
            "The name of a model may not begin with two dots or be a dot, because it stands in addresses.",
            fields={"name": "Not dots alone."},
        )
    return name


def is_a_path_of_one(name: str) -> bool:
    """Whether the name stays what it is when it stands in a path."""
    return posixpath.normpath(name) == name and name != "." and not name.startswith(("..", "/"))


def checked_alias(name: Any) -> str:
    name = str(name or "").strip()
    if not name:
        raise Invalid("Give the alias a name.", fields={"alias": "An alias needs a name."})
    if len(name) > ALIAS_LENGTH:
        raise Invalid(f"An alias may have {ALIAS_LENGTH} characters; this one has {len(name)}.", fields={"alias": "Too long."})
    if not ALIAS.fullmatch(name):
        raise Invalid(
            f"“{name}” cannot be an alias: letters, digits, hyphens and underscores only.",
            fields={"alias": "Letters, digits, - and _ only."},
        )
    if name.lower() == "latest" or LIKE_A_VERSION.fullmatch(name):
        raise Invalid(
            f"“{name}” is reserved: “latest” always means the newest version, and v1 reads as a number. Choose another alias.",
            fields={"alias": "Reserved."},
        )
    return name


def tags_of(texts: Iterable[str]) -> dict[str, str]:
    """Tags as people write them, a word or `key=value`: trimmed, each key once, in the order given."""
    found: dict[str, str] = {}
    for text in texts:
        key, _, value = str(text).partition("=")
        key, value = " ".join(key.split()), " ".join(value.split())
        if not key and value:
            raise Invalid(f"The tag “={value[:30]}” has no name before the =.", fields={"tags": "A tag needs a name."})
        if key:
            found[key] = value
    return checked_tags(found)


def editable(key: str, value: str) -> bool:
    """Whether people can write this tag in a row of words and `key=value`, parted by commas. Others are left alone when
    the row is written anew: what clients keep for themselves, and values of several lines."""
    text = f"{key}={value}" if value else key
    plain = not key.startswith(RESERVED) and "=" not in key and "," not in text and len(text) <= LONGEST_WRITTEN
    return plain and " ".join(key.split()) == key and " ".join(value.split()) == value


def checked_tags(tags: Mapping[str, str]) -> dict[str, str]:
    if len(tags) > TAGS:
        raise Invalid(f"There may be {TAGS} tags; these are {len(tags)}.", fields={"tags": f"At most {TAGS}."})
    for key, value in tags.items():
        if len(key) > KEY_LENGTH:
            raise Invalid(
                f"The tag “{key[:30]}…” is longer than {KEY_LENGTH} characters.",
                fields={"tags": f"At most {KEY_LENGTH} characters each."},
            )
        if len(value) > VALUE_LENGTH:
            raise Invalid(
                f"The value of the tag “{key[:30]}” is longer than {VALUE_LENGTH} characters.",
                fields={"tags": f"Values of at most {VALUE_LENGTH} characters."},
            )
    return dict(tags)
