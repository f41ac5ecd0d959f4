"""What a file is, by its name, and as what it may be sent to a browser. Django-free.

Artifacts are written by anybody who may log: a page or a picture among them must never act in the studio's name. What
can hold a script is sent with a policy that gives it an origin of its own (`sandbox` without `allow-same-origin`), so it
sees no cookie, no storage and no answer of our API, also where its address is opened directly.
"""

import codecs
from dataclasses import dataclass
from pathlib import PurePosixPath

IMAGES = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
    "bmp": "image/bmp", "avif": "image/avif", "ico": "image/x-icon",
}  # fmt: skip
MEDIA = {
    "mp4": "video/mp4", "webm": "video/webm", "mp3": "audio/mpeg", "wav": "audio/wav", "ogg": "audio/ogg",
    "flac": "audio/flac",
}  # fmt: skip
TABLES = frozenset({"csv", "tsv", "parquet"})
# Ending -> the language whose colours it gets.
TEXTS = {
    "txt": "", "log": "", "out": "", "err": "", "cfg": "", "ini": "", "toml": "", "env": "", "properties": "", "rst": "",
    "tex": "", "sh": "", "bat": "", "r": "", "jl": "", "c": "", "h": "", "cpp": "", "java": "", "scala": "", "go": "",
    "rs": "", "diff": "", "patch": "", "gitignore": "", "dockerfile": "", "xml": "", "css": "",
    "py": "python", "pyi": "python", "sql": "sql", "json": "json", "jsonl": "", "ndjson": "", "geojson": "json",
    "yaml": "yaml", "yml": "yaml", "js": "", "ts": "",
}  # fmt: skip
NAMED = {"mlmodel": "yaml", "dockerfile": "", "makefile": "", "license": "", "readme": ""}

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
# A page with its own scripts (a plot, a report) works; it reaches nothing outside itself.
OWN_SCRIPTS = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob:; style-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:; media-src data: blob:; worker-src blob:; connect-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)
PICTURE = f"sandbox; {NOTHING}; style-src 'unsafe-inline'; img-src data:"


@dataclass(frozen=True, slots=True)
class Sent:
    """How a file goes to a browser. `inline`: shown, not saved."""

    content_type: str
    policy: str
    inline: bool


def ending(path: str) -> str:
    return PurePosixPath(path).suffix.lower().removeprefix(".")


def kind_of(path: str) -> str:
    """image, svg, html, pdf, notebook, markdown, table, json, text, audio, video; "" where only its bytes can tell."""
    end = ending(path)
    if end in IMAGES:
        return "image"
    if end in MEDIA:
        return MEDIA[end].partition("/")[0]
    if end in TABLES:
        return "table"
    known = {
        "svg": "svg", "html": "html", "htm": "html", "xhtml": "html", "pdf": "pdf", "ipynb": "notebook", "md": "markdown",
        "markdown": "markdown", "json": "json",
    }  # fmt: skip
    if end in known:
        return known[end]
    if end in TEXTS or PurePosixPath(path).name.lower() in NAMED:
        return "text"
    return ""


def language_of(path: str) -> str:
    return TEXTS.get(ending(path)) or NAMED.get(PurePosixPath(path).name.lower(), "")


def sent_as(path: str) -> Sent:
    end = ending(path)
    if end in IMAGES:
        return Sent(IMAGES[end], PICTURE, True)
    if end in MEDIA:
        return Sent(MEDIA[end], PICTURE, True)
    match kind_of(path):
        case "svg":
            return Sent("image/svg+xml; charset=utf-8", PICTURE, True)
        case "html":
            return Sent("text/html; charset=utf-8", OWN_SCRIPTS, True)
        case "text" | "markdown" | "json" | "notebook":
            return Sent("text/plain; charset=utf-8", PICTURE, True)
    return Sent("application/octet-stream", PICTURE, False)


def is_text(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a text. A character cut in two at their end is no fault of theirs."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return b"\0" not in head
