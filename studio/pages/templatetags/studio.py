"""Template tags and filters of the studio: `{% load studio %}`."""

import json
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from studio import http

register = template.Library()

UNBUILT = "The front end has not been built yet. Start the studio with `python manage.py up`, which builds it."


@register.simple_tag
def entry(area: str) -> SafeString:
    """The script and style sheets of one area of the front end: `{% entry "data" %}`."""
    manifest = _manifest()
    chunk = next((c for c in manifest.values() if c.get("isEntry") and c.get("name") == area), None)
    if chunk is None:
        raise http.FrontEndMissing(f"The front end was built without its part {area!r}. Build it again.")
    imported = _imports(manifest, chunk)
    styles = dict.fromkeys(css for c in [*imported, chunk] for css in c.get("css", []))
    return format_html(
        "{}{}{}",
        format_html_join("\n", '<link rel="stylesheet" href="{}{}">', ((settings.STATIC_URL, css) for css in styles)),
        format_html_join(
            "\n", '<link rel="modulepreload" href="{}{}">', ((settings.STATIC_URL, c["file"]) for c in imported)
        ),
        format_html('<script type="module" src="{}{}"></script>', settings.STATIC_URL, chunk["file"]),
    )


@register.filter
def ago(moment: datetime | None) -> str:
    """A moment, kept up to date by the browser, with the exact time as its tooltip."""
    if moment is None:
        return "–"
    return format_html(
        '<time data-ago datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        moment.strftime("%Y-%m-%d %H:%M:%S UTC"),
        moment.strftime("%Y-%m-%d %H:%M"),
    )


@register.filter
def duration(seconds: float | None) -> str:
    """0.34 s · 12 s · 3 min 05 s · 2 h 07 min. The same words as `static/src/app/format.ts`."""
    if seconds is None:
        return "–"
    if seconds < 9.95:
        return f"{seconds:.2f} s" if seconds < 0.995 else f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


@register.filter(name="bytes")
def in_bytes(count: int | None) -> str:
    """512 B · 1.5 kB · 34 MB, in powers of 1000."""
    if count is None:
        return "–"
    value, units = float(count), ["B", "kB", "MB", "GB", "TB"]
    unit = 0
    while value >= 999.5 and unit < len(units) - 1:
        value /= 1000
        unit += 1
    return f"{value:.0f} {units[unit]}" if unit == 0 or value >= 9.95 else f"{value:.1f} {units[unit]}"


@register.filter
def number(value: float | None) -> str:
    """54,312 · 0.9034: whole numbers in full, others to four significant digits."""
    if value is None:
        return "–"
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.1f}" if abs(value) >= 1000 else f"{value:.4g}"


@register.filter
def measure(value: float | None) -> str:
    """1.000 · 0.9034 · 1,234.5: what was measured, always with the same number of digits. A bare 1 looks like a count."""
    if value is None or isinstance(value, int) or abs(value) >= 1000 or value != value:
        return number(value)
    return "0.000" if not value else f"{value:#.4g}"


@register.filter
def initials(user: Any) -> str:
    """Two letters that stand for a person."""
    words = user.display_name().replace(".", " ").replace("_", " ").split()
    return ("".join(w[0] for w in words[:2]) if len(words) > 1 else user.username[:2]).upper()


@register.simple_tag(takes_context=True)
def with_query(context: dict[str, Any], **changes: Any) -> str:
    """This page's query string with some values changed; None or "" takes one out."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}"


def _imports(manifest: dict[str, Any], chunk: dict[str, Any]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    waiting = list(chunk.get("imports", []))
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = manifest[name]
            waiting += manifest[name].get("imports", [])
    return list(found.values())


def _manifest() -> dict[str, Any]:
    path = Path(settings.DIST_DIR) / "manifest.json"
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise http.FrontEndMissing(UNBUILT) from None


@lru_cache(maxsize=4)
def _read(path: Path, changed: int) -> dict[str, Any]:
    return json.loads(path.read_text())
