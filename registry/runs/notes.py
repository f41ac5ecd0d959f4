"""What people write on a run: its name, a description, tags, comments, and their own star.

The description is the tag `mlflow.note.content`, so that clients of the protocol see it. Tags that begin with `mlflow.`
are kept by clients and by the studio itself; a person changes none of them by hand.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

from registry.errors import Conflict, Invalid, NotFound, Refused
from registry.runs import news, tracking
from registry.runs.models import Comment, Run, RunEvent, Star, Tag
from registry.workspaces import access

DESCRIPTION = "mlflow.note.content"
RESERVED = "mlflow."
LONGEST_NAME = 250
LONGEST_KEY = 250
# What the protocol allows in a tag, so that what is written here can be read and written there.
LONGEST_VALUE = 8000
LONGEST_DESCRIPTION = 100_000
LONGEST_COMMENT = 20_000


@transaction.atomic
def rename(*, run: Run, by: Any, name: str) -> None:
    access.require(by, "runs.edit", run.workspace)
    name = _text(name, "name", LONGEST_NAME, "A run needs a name.")
    Run.objects.filter(pk=run.pk).update(name=name)
    run.name = name
    # The list of runs shows names too.
    RunEvent.objects.bulk_create([news.of_run(run), news.of_note(run)])


@transaction.atomic
def describe(*, run: Run, by: Any, text: str) -> None:
    """Markdown. An empty text takes the description away."""
    access.require(by, "runs.edit", run.workspace)
    text = _limited(text, "description", LONGEST_DESCRIPTION)
    if text.strip():
        tracking.write(tracking.Batch(run=run.pk, tags=[(DESCRIPTION, text)]))
    else:
        Tag.objects.filter(run=run, key=DESCRIPTION).delete()
    news.of_note(run).save()


@transaction.atomic
def put_tag(*, run: Run, by: Any, key: str, value: str) -> None:
    access.require(by, "runs.edit", run.workspace)
    key = _own_key(_text(key, "key", LONGEST_KEY, "A tag needs a name."))
    value = _limited(value, "value", LONGEST_VALUE)
    tracking.write(tracking.Batch(run=run.pk, tags=[(key, value)]))
    news.of_note(run).save()


@transaction.atomic
def remove_tag(*, run: Run, by: Any, key: str) -> None:
    access.require(by, "runs.edit", run.workspace)
    if not Tag.objects.filter(run=run, key=_own_key(_limited(key, "key", LONGEST_KEY))).delete()[0]:
        raise NotFound(f"{run.name} has no tag {key[:80]}.", fields={"key": key})
    news.of_note(run).save()


@transaction.atomic
def star(*, run: Run, by: Any, on: bool) -> None:
    """A person's own mark: whoever may see the run may set it. Setting it twice is no mistake."""
    access.require(by, "runs.view", run.workspace)
    if on:
        Star.objects.get_or_create(run=run, user=by)
    else:
        Star.objects.filter(run=run, user=by).delete()


@transaction.atomic
def comment(*, run: Run, by: Any, text: str) -> Comment:
    access.require(by, "runs.edit", run.workspace)
    made = Comment.objects.create(run=run, author=by, text=_words(text))
    news.of_note(run).save()
    return made


@transaction.atomic
def edit_comment(*, comment: Comment, by: Any, text: str) -> None:
    access.require(by, "runs.edit", comment.run.workspace)
    if comment.author_id != by.pk:
        raise Refused("Only who wrote a comment can change it.")
    comment.text, comment.edited_at = _words(text), timezone.now()
    comment.save(update_fields=["text", "edited_at"])
    news.of_note(comment.run).save()


@transaction.atomic
def remove_comment(*, comment: Comment, by: Any) -> None:
    """By who wrote it, or by an owner of the workspace."""
    access.require(by, "runs.edit", comment.run.workspace)
    if comment.author_id != by.pk and not access.allowed(by, "members.manage", comment.run.workspace):
        raise Refused("Only who wrote a comment, or an owner of the workspace, can delete it.")
    comment.delete()
    news.of_note(comment.run).save()


def _own_key(key: str) -> str:
    if key.startswith(RESERVED):
        raise Conflict(
            f"Tags that begin with “{RESERVED}” are kept by clients of the protocol. Choose another name.",
            code="reserved-tag",
            fields={"key": key},
        )
    return key


def _words(text: str) -> str:
    return _text(text, "text", LONGEST_COMMENT, "Write something first.")


def _text(text: str, field: str, longest: int, nothing: str) -> str:
    text = _limited(text, field, longest).strip()
    if not text:
        raise Invalid(nothing, fields={field: nothing})
    return text


def _limited(text: str, field: str, longest: int) -> str:
    # PostgreSQL refuses NUL in text.
    text = text.replace("\0", "\ufffd")
    if len(text) > longest:
        why = f"At most {longest:,} characters fit here; this has {len(text):,}."
        raise Invalid(why, fields={field: why})
    return text
