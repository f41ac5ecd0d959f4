"""Reading what a comparison or an order is about: `metrics.auc:max`, `params."a b"`, "tags.`mlflow.user`", `status`."""

from registry.runs.search.errors import BadFilter, did_you_mean, shown
from registry.runs.search.fields import Attribute, Fields, Group, Name
from registry.runs.search.tokens import QUOTED, Token, cut

Known = Attribute | Group


def read(tokens: list[Token], at: int, fields: Fields) -> tuple[Name, Known, int]:
    """The name that begins at token `at`, what is known of it, and the number of the token after it.

    Pieces that touch are one name: a quoted key stands in a token of its own.
    """
    end = at + 1
    while tokens[end].start == tokens[end - 1].end and _is_piece(tokens[end]):
        end += 1
    name, known = _resolve(tokens[at:end], fields)
    return name, known, end


def parse(source: str, fields: Fields) -> tuple[Name, Known]:
    """A name that stands alone, such as the column of a table."""
    tokens = cut(source)
    if not may_begin(tokens[0]):
        raise _unreadable(0, max(1, len(source)), fields)
    name, known, end = read(tokens, 0, fields)
    if tokens[end].kind != "end":
        raise _unreadable(tokens[end].start, tokens[end].length, fields)
    return name, known


def may_begin(token: Token) -> bool:
    return token.kind in ("word", "back", "double")


def _is_piece(token: Token) -> bool:
    return token.kind == "word" or token.kind in QUOTED


def _resolve(pieces: list[Token], fields: Fields) -> tuple[Name, Known]:
    first, start = pieces[0], pieces[0].start
    length = pieces[-1].end - start
    if first.kind == "word":
        group, dot, rest = first.text.partition(".")
        if not dot and len(pieces) == 1:
            return _attribute(first.text, start, length, fields, bare=True)
    else:
        group = first.unquoted()
        if len(pieces) == 1:
            return _attribute(group, start, length, fields, bare=True)
        dot, rest = pieces[1].text[:1], pieces[1].text[1:]
        pieces = pieces[1:]
        if pieces[0].kind != "word" or dot != ".":
            raise _unreadable(start, length, fields)
    if group not in fields.group_words:
        raise BadFilter.at(
            start, f"There is no group of fields named {shown(group)!r}."
            + (did_you_mean(group, fields.group_words) or f" There are {_and(fields.group_words)}."), length=length,
            protocol=f"Invalid entity type '{shown(group)}'. Valid values are {sorted(fields.group_words)}",
        )  # fmt: skip
    quoted = len(pieces) > 1
    key, part = _key(rest, pieces[1:], start, length, fields)
    known = fields.by_group.get(group)
    if known is None:
        return _attribute(key + (f":{part}" if part else ""), start, length, fields)
    if known.parts and not quoted and ":" in key:
        # One that really has a colon is written in backquotes, as `tree.name_text` does.
        key, _, part = key.rpartition(":")
        part = part or ":"
    return _in_group(known, key, part, start, length)


def _key(rest: str, quoted: list[Token], start: int, length: int, fields: Fields) -> tuple[str, str]:
    """(key, part): of a key in quotes a part may follow behind; of one without, it is still in `rest`."""
    if rest and not quoted:
        return rest, ""
    if rest or not quoted or quoted[0].kind not in QUOTED or len(quoted) > 2:
        raise _unreadable(start, length, fields)
    if len(quoted) == 1:
        return quoted[0].unquoted(), ""
    part = quoted[1].text
    if quoted[1].kind != "word" or not part.startswith(":"):
        raise _unreadable(start, length, fields)
    return quoted[0].unquoted(), part[1:] or ":"


def _in_group(group: Group, key: str, part: str, start: int, length: int) -> tuple[Name, Known]:
    if part and part not in group.parts:
        known = f" of a metric there are {', '.join(group.parts)}" if group.parts else f" {group.name} have none"
        raise BadFilter.at(
            start, f"Behind the colon stands {shown(part)!r};{known}. A name that has a colon itself goes into backquotes: "
            f"{group.name}.`{shown(f'{key}:{part}')}`.", length=length,
        )  # fmt: skip
    if group.keys and key not in group.keys:
        raise BadFilter.at(
            start, f"{group.name} have no {shown(key)!r}; there are {', '.join(group.keys)}.", length=length,
            protocol=f"Invalid {group.called or group.name} key '{shown(key)}' specified. Valid keys are '{set(group.keys)}'",
        )  # fmt: skip
    if not key:
        raise BadFilter.at(start, f"Which of the {group.name}? Write {group.name}.<name>.", length=length)
    return Name(group.name, key, part), group


def _attribute(
    key: str, start: int, length: int, fields: Fields, *, bare: bool = False
) -> tuple[Name, Known]:
    found = fields.by_attribute.get(key)
    if found is not None:
        return Name("attributes", found.name), found
    hint = did_you_mean(key, fields.by_attribute)
    if not hint:
        hint = f" There are {', '.join(a.name for a in fields.attributes)}."
        if bare and fields.groups:
            offered = " or ".join(f"{g.name}.{shown(key)}" for g in fields.groups if not g.keys)
            hint += f" For a name of your own write {offered}."
    valid = sorted(a.name for a in fields.attributes)
    raise BadFilter.at(
        start, f"A {fields.noun} has no attribute {shown(key)!r}.{hint}", length=length,
        protocol=f"Invalid attribute key '{shown(key)}' specified. Valid keys are '{valid}'",
    )  # fmt: skip


def _unreadable(start: int, length: int, fields: Fields) -> BadFilter:
    return BadFilter.at(
        start, "This is no name of a field. Write it as in params.depth, or with the key in backquotes: "
        "params.`learning rate`.", length=length,
        protocol="Invalid identifier. Columns should be specified as 'attribute.<key>', 'metric.<key>', 'tag.<key>', "
        "'dataset.<key>', or 'param.'.",
    )  # fmt: skip


def _and(words: frozenset[str]) -> str:
    return ", ".join(sorted(words))
