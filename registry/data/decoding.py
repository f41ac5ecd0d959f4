"""From the bytes of a text file to UTF-8: which encoding it has, and writing it anew. Django-free."""

import codecs
from collections.abc import Callable
from pathlib import Path

from registry.data.options import ENCODINGS
from registry.errors import Invalid

BLOCK = 4 << 20
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def detect(head: bytes, whole: bool) -> str:
    """The encoding of a text that begins with `head`: a guess wherever it is neither UTF-8 nor marked."""
    for bom, encoding in BOMS:
        if head.startswith(bom):
            return encoding
    if (wide := _wide(head)) is not None:
        return wide
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=whole)
        return "utf-8"
    except UnicodeDecodeError:
        pass
    letters = sum(head.count(bytes([c])) for c in range(0x41, 0x7B))
    high = sum(1 for c in head if c >= 0xC0)
    if high > letters:
        return "cp1251"
    # Five places of Windows-1252 are empty; a text that uses one is something else.
    return "iso-8859-1" if any(c in head for c in b"\x81\x8d\x8f\x90\x9d") else "cp1252"


def is_utf8(encoding: str) -> bool:
    return codecs.lookup(encoding).name in ("utf-8", "utf-8-sig", "ascii")


def decode_head(head: bytes, encoding: str, whole: bool, filename: str) -> str:
    """The text of the first bytes; a character cut in two at the end is left out."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head, final=whole)
    except UnicodeDecodeError as error:
        raise _undecodable(filename, encoding, error.start, head[: error.start].count(b"\n") + 1) from None
    except UnicodeError:
        raise _undecodable(filename, encoding, 0, 1) from None
    text = text.removeprefix("\ufeff")
    if (place := text.find("\0")) >= 0:
        raise nul_found(filename, text.count("\n", 0, place) + 1)
    return text


def rewrite(source: Path, target: Path, encoding: str, filename: str, progress: Callable[[int], None] | None = None) -> None:
    """Write the text anew as UTF-8. Raises `Invalid` where a byte does not belong to the encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = read = 0
    first = True
    with source.open("rb") as file, target.open("w", encoding="utf-8", newline="") as out:
        while True:
            block = file.read(BLOCK)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                raise _undecodable(filename, encoding, read + error.start, lines + 1) from None
            except UnicodeError:
                raise _undecodable(filename, encoding, read, lines + 1) from None
            if first and text:
                text, first = text.removeprefix("\ufeff"), False
            if (place := text.find("\0")) >= 0:
                raise nul_found(filename, lines + text.count("\n", 0, place) + 1)
            lines += text.count("\n")
            out.write(text)
            read += len(block)
            if progress:
                progress(read)
            if not block:
                return


def refuse_nul(path: Path, filename: str) -> None:
    """A NUL in a UTF-8 text means that it is no text, or damaged."""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            if b"\0" in block:
                raise nul_found(filename, _line_of_nul(path))


def _line_of_nul(path: Path) -> int:
    lines = 1
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            place = block.find(b"\0")
            if place >= 0:
                return lines + block.count(b"\n", 0, place)
            lines += block.count(b"\n")
    return lines


def nul_found(filename: str, line: int) -> Invalid:
    return Invalid(
        f"{filename} has a NUL byte in line {line:,}, so it is damaged or not a text file. "
        "If it comes from another program, export it again as CSV in UTF-8.",
        code="nul-byte",
        fields={"line": line},
    )


def not_utf8(filename: str, line: int | None = None) -> Invalid:
    where = f" in line {line:,}" if line else ""
    return Invalid(
        f"{filename} is not UTF-8 throughout: there is a wrong byte{where}. Choose another encoding, "
        "for example Western European (Windows-1252).",
        code="wrong-encoding",
        fields={"encoding": "wrong", "line": line},
    )


def _undecodable(filename: str, encoding: str, offset: int, line: int) -> Invalid:
    if is_utf8(encoding):
        return not_utf8(filename, line)
    title = ENCODINGS.get(encoding, encoding)
    return Invalid(
        f"{filename} cannot be read as {title}: byte {offset:,} (line {line:,}) does not belong to it. Choose another encoding.",
        code="wrong-encoding",
        fields={"encoding": "wrong", "line": line},
    )


def _wide(head: bytes) -> str | None:
    """UTF-16 without its mark: every second byte of a Latin text is zero."""
    sample = head[:4096]
    if len(sample) < 8 or b"\0" not in sample:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) / 2
    if odd > 0.6 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.6 * half and odd < 0.1 * half:
        return "utf-16-be"
    return None
