"""States of runs on pages: an icon and a word, never by colour alone. The same words as `static/src/runs/states.ts`."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

# state: (word, icon, tone)
LOOKS = {
    "queued": ("Waiting", "clock", "secondary"),
    "running": ("Running", "loader-2", "azure"),
    "cancelling": ("Stopping", "player-stop", "orange"),
    "completed": ("Done", "circle-check", "green"),
    "failed": ("Failed", "alert-circle", "red"),
    "errored": ("Studio error", "bug", "red"),
    "cancelled": ("Cancelled", "ban", "orange"),
    "skipped": ("Skipped", "player-skip-forward", "secondary"),
}
KINDS = {
    "pipeline": "Pipeline", "data-import": "Data import", "step": "Step", "tracked": "Logged", "experiment-import": "Taking in",
}  # fmt: skip


@register.simple_tag
def run_state(status: str) -> SafeString:
    word, icon, tone = LOOKS.get(status, (status, "help", "secondary"))
    turning = " studio-turning" if status == "running" else ""
    return format_html(
        '<span class="studio-state text-{}" data-state="{}"><i class="ti ti-{}{}" aria-hidden="true"></i><span>{}</span></span>',
        tone, status, icon, turning, word,
    )  # fmt: skip


@register.filter
def kind_title(kind: str) -> str:
    return KINDS.get(kind, kind.replace("-", " ").capitalize())


@register.filter
def get(mapping: dict[Any, Any], key: Any) -> Any:
    return mapping.get(key)
