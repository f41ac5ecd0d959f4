"""What a registered model, a version, a tag and an alias may be called, in MLflow's sentences."""

from collections.abc import Mapping
from typing import Any

from registry.mlflow_api import validation as v
from registry.mlflow_api.errors import invalid
from registry.mlmodels import naming
from registry.mlmodels.models.registered import ALIAS_LENGTH, NAME_LENGTH

BAD_ALIAS = "Names may only contain alphanumerics, underscores (_), and dashes (-)."
LEADS_ELSEWHERE = (
    "Names may be treated as files in certain cases, and must not resolve to other names when treated as such."
)
PROMPT_TEXT = "mlflow.prompt.text"
LARGEST_NUMBER = 2**31 - 1


def checked_name(name: str) -> str:
    """The name of a registered model."""
    if not name.strip():
        raise invalid("Missing value for required parameter 'name'.")
    if "/" in name or ":" in name:
        raise invalid(f"Invalid model name '{name}'. Names cannot contain '/' or ':'.")
    if not naming.is_a_path_of_one(name):
        raise invalid(v.invalid_value("name", name, LEADS_ELSEWHERE))
    if naming.FORBIDDEN.search(name):
        raise invalid(f"Invalid model name {name!r}. Names cannot contain '\\' or control characters.")
    return v.limited(name, NAME_LENGTH, "name")


def alias_name(name: str, *, to_set: bool = False) -> str:
    if not naming.ALIAS.fullmatch(name):
        raise invalid(f"Invalid alias name: '{name}'. {BAD_ALIAS}")
    v.limited(name, ALIAS_LENGTH, "Registered model alias name")
    if to_set and name.lower() == "latest":
        raise invalid("'latest' alias name (case insensitive) is reserved.")
    if to_set and naming.LIKE_A_VERSION.fullmatch(name):
        raise invalid(f"Version alias name '{name}' is reserved.")
    return name


def version_number(text: str) -> int:
    number = v.as_integer(text)
    if number is None:
        raise invalid(f"Parameter 'version' must be an integer, got '{text}'.")
    # Beyond what a column holds there is certainly no such version.
    return number if 0 <= number <= LARGEST_NUMBER else 0


def tag_key(key: Any) -> str:
    return v.key(key, "key")


def model_tags(body: Mapping[str, Any]) -> dict[str, str]:
    """Told twice, the last word counts."""
    return {tag_key(tag.get("key")): _value(tag.get("value") or "") for tag in v.objects(body, "tags")}


def version_tags(body: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for tag in v.objects(body, "tags"):
        key, value = tag_key(tag.get("key")), tag.get("value")
        if value is None:
            raise invalid("Tag value cannot be None")
        if key == PROMPT_TEXT and isinstance(value, str) and len(value) > naming.VALUE_LENGTH:
            raise invalid(f"Prompt text exceeds max length of {naming.VALUE_LENGTH} characters.")
        found[key] = _value(value)
    return found


def _value(value: Any) -> str:
    v.STRING("value", value)
    return v.limited(value.replace("\0", "�"), naming.VALUE_LENGTH, "value")
