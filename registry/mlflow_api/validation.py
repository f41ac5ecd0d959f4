"""What may stand in a request, with MLflow's sentences and limits, as its clients and tests read them.

    run_id = text(call.body, "run_id", required=True)
    checked(call.body, {"name": (REQUIRED, STRING), "tags": (ARRAY,)})   # in MLflow's order: the first mistake is told
"""

import json
import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from registry.mlflow_api.errors import ProtocolError, invalid

DOCS = " See the API docs for more information about request parameters."
LONG = 2**63

MOST_METRICS = 1000
MOST_PARAMS = MOST_TAGS = 100
MOST_ENTITIES = 1000
KEY_LENGTH = 250
PARAM_LENGTH = 6000
TAG_LENGTH = 8000
EXPERIMENT_NAME_LENGTH = 500
EXPERIMENT_TAG_LENGTH = 20_000

RUN_ID = re.compile(r"[a-zA-Z0-9][\w\-]{0,255}")
KEY = re.compile(r"[/\w.\- :]*")
BAD_CHARACTERS = (
    "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/)."
)

Check = Callable[[str, Any], None]


def checked(body: Mapping[str, Any], schema: Mapping[str, Sequence[Check]]) -> None:
    """Raises INVALID_PARAMETER_VALUE for the first field that is not as the schema wants it."""
    for name, checks in schema.items():
        if name in body or REQUIRED in checks:
            value = body.get(name)
            if name == "run_id" and value is None:
                value = body.get("run_uuid")
            for check in checks:
                if value is not None or check is REQUIRED:
                    check(name, value)


def REQUIRED(name: str, value: Any) -> None:  # noqa: N802 - reads as a word of the schema
    if value is None or value == "":
        raise invalid(f"Missing value for required parameter '{name}'.{DOCS}")


def STRING(name: str, value: Any) -> None:  # noqa: N802
    if not isinstance(value, str):
        raise _wrong_type(name, value)


def INTEGER(name: str, value: Any) -> None:  # noqa: N802
    """A whole number, or a text of one: JSON of protocol buffers writes long ones so."""
    if as_integer(value) is None:
        raise _wrong_type(name, value)


def NUMBER(name: str, value: Any) -> None:  # noqa: N802
    if as_number(value) is None:
        raise _wrong_type(name, value)


def BOOLEAN(name: str, value: Any) -> None:  # noqa: N802
    if as_boolean(value) is None:
        raise _wrong_type(name, value)


def ARRAY(name: str, value: Any) -> None:  # noqa: N802
    if not isinstance(value, list):
        raise _wrong_type(name, value)


def STRINGS(name: str, value: Any) -> None:  # noqa: N802
    """A list of texts. One alone stands for a list of one: so a query brings it."""
    if not isinstance(value, str) and (not isinstance(value, list) or not all(isinstance(v, str) for v in value)):
        raise _wrong_type(name, value)


def at_most(limit: int, message: str = "") -> Check:
    def check(name: str, value: Any) -> None:
        if (as_integer(value) or 0) > limit:
            raise invalid((message + DOCS) if message else _wrong_type(name, value).message)

    return check


def text(body: Mapping[str, Any], name: str, default: str = "", *, required: bool = False) -> str:
    """The text of that name. `run_id` was once `run_uuid`."""
    value = body.get(name)
    if value is None and name == "run_id":
        value = body.get("run_uuid")
    if required:
        REQUIRED(name, value)
    if value is None:
        return default
    STRING(name, value)
    return str(value)


def integer(body: Mapping[str, Any], name: str, default: int | None = None) -> int | None:
    value = body.get(name)
    if value is None:
        return default
    INTEGER(name, value)
    return as_integer(value)


def boolean(body: Mapping[str, Any], name: str, default: bool = False) -> bool:
    value = body.get(name)
    if value is None:
        return default
    BOOLEAN(name, value)
    return bool(as_boolean(value))


def strings(body: Mapping[str, Any], name: str, *, required: bool = False) -> list[str]:
    value = body.get(name)
    if required:
        REQUIRED(name, value)
    if value is None:
        return []
    STRINGS(name, value)
    return [value] if isinstance(value, str) else list(value)


def objects(body: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The list of objects of that name; empty where there is none."""
    value = body.get(name)
    if value is None:
        return []
    ARRAY(name, value)
    for index, item in enumerate(value):
        if not isinstance(item, dict):
            raise _wrong_type(f"{name}[{index}]", item)
    return list(value)


def as_integer(value: Any) -> int | None:
    """None for what is no whole number of 64 bits."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        try:
            value = int(value) if len(value) < 25 else None
        except ValueError:
            return None
    if isinstance(value, float):
        value = int(value) if value == value and abs(value) < LONG and value == int(value) else None
    return value if isinstance(value, int) and -LONG <= value < LONG else None


def as_number(value: Any) -> float | None:
    """NaN and the infinities come as texts, as JSON has no others for them."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        value = {"NaN": "nan", "Infinity": "inf", "-Infinity": "-inf"}.get(value, value)
    try:
        return float(value) if isinstance(value, int | float | str) else None
    except (ValueError, OverflowError):
        return None


def as_boolean(value: Any) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return value if isinstance(value, bool) else None


def number_out(value: float) -> float | str:
    """A number as JSON of protocol buffers writes it."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def key(name: Any, path: str, what: str = "key") -> str:
    """The name of a metric, a param or a tag."""
    if name is None or name == "":
        raise invalid(f"Missing value for required parameter '{path}'.{DOCS}")
    if not isinstance(name, str):
        raise _wrong_type(path, name)
    if not KEY.fullmatch(name):
        raise invalid(invalid_value(path, name, BAD_CHARACTERS))
    resolved = posixpath.normpath(name)
    if resolved != name or resolved == "." or resolved.startswith(("..", "/")):
        raise invalid(
            invalid_value(
                path,
                name,
                "Names may be treated as files in certain cases, and must not resolve to other names when treated as "
                f"such. This name would resolve to {resolved!r}",
            )
        )
    return limited(name, KEY_LENGTH, what)


def tag(told: Mapping[str, Any], path: str) -> tuple[str, str]:
    """A tag of a run. A value that is too long is cut, as MLflow's server does unless told otherwise."""
    name = key(told.get("key"), f"{path}.key" if path else "key", f"{path}.key" if path else "key")
    value = told.get("value")
    if value is None:
        return name, ""
    if not isinstance(value, str):
        STRING(f"{path}.value" if path else "value", value)
    return name, value[:TAG_LENGTH]


def limited(value: str, limit: int, what: str) -> str:
    if len(value) > limit:
        raise invalid(f"'{what}' exceeds the maximum length of {limit} characters")
    return value


def invalid_value(path: str, value: Any, message: str = "") -> str:
    said = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return f"Invalid value {said} for parameter '{path}' supplied" + (f": {message}" if message else ".")


def batch_limit(what: str, limit: int, length: int) -> None:
    if length > limit:
        raise invalid(
            f"A batch logging request can contain at most {limit} {what}. Got {length} {what}. Please split up {what} "
            "across multiple requests and try again."
        )


def run_id(value: str, path: str = "run_id") -> str:
    if not RUN_ID.fullmatch(value):
        raise invalid(invalid_value(path, value))
    return value


def _wrong_type(name: str, value: Any) -> ProtocolError:
    return invalid(invalid_value(name, value, f" Hint: Value was of type '{type(value).__name__}'.") + DOCS)
