"""What stands in a report: finding its blocks and reading them."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import Invalid
from registry.reports import blocks


def test_blocks_are_found_in_order_with_their_line():
    body = "# Title\n\n```atelier\nshow: table\n```\nBetween\n\n~~~ atelier\nshow: lines\n~~~\n"

    assert list(blocks.texts(body)) == [(3, "show: table"), (8, "show: lines")]


def test_code_that_only_shows_a_block_is_code():
    assert list(blocks.texts("````\n```atelier\nshow: table\n```\n````")) == []


def test_an_open_fence_ends_with_the_text():
    assert list(blocks.texts("```atelier\nshow: table")) == [(1, "show: table")]


@given(st.lists(st.sampled_from(["```", "```atelier", "````atelier", "~~~", "~~~ atelier", "text", "", "   ```", "show: table"])))
def test_whatever_is_written_every_block_begins_at_a_fence_of_ours(lines):
    for number, text in blocks.texts("\n".join(lines)):
        assert blocks.FENCE.match(lines[number - 1])
        assert lines[number : number + len(text.split("\n"))] == text.split("\n") or text == ""


def test_a_block_is_read():
    block = blocks.parse(
        "show: lines\nmetrics: loss, val/loss\nexperiment: Income\nfilter: metrics.auc > 0.8\norder: metrics.auc DESC\nlimit: 5\nx: time\nsmoothing: 0.5\nlog: true"
    )

    assert block == blocks.Block(
        show="lines", metrics=("loss", "val/loss"), experiments=("Income",), filter="metrics.auc > 0.8", order="metrics.auc DESC",
        limit=5, x="time", smoothing=0.5, log=True,
    )  # fmt: skip


def test_the_fields_of_a_figure_are_asked_of_each_run():
    assert blocks.parse("show: bars\nmetrics: [auc, 'my metric']").fields() == ["metrics.auc", "metrics.`my metric`"]
    assert blocks.parse("show: box\nmetrics: auc\nby: params.depth").fields() == ["metrics.auc", "params.depth"]
    assert blocks.parse("show: scatter\nx: params.lr\ny: metrics.auc").fields() == ["params.lr", "metrics.auc"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "`show` says what to draw"),
        ("show: tabel", "Did you mean `table`?"),
        ("shwo: table", "Did you mean `show`?"),
        ("show: [table]", "`show` is one text"),
        ("show: table\nlimit: 1000", "whole number from 1 to 100"),
        ("show: table\nlimit: yes", "whole number from 1 to 100"),
        ("show: lines", "needs `metrics`"),
        ("show: scatter\ny: metrics.a", "needs `x`"),
        ("show: table\ncolumns: [auc]", "write metrics.auc"),
        ("show: table\ncolumns: [[a]]", "list of names"),
        ("show: lines\nmetrics: loss\nx: hour", "`x` of lines is"),
        ("show: table\n  limit: 3", "line 2"),
        ("- a\n- b", "lines such as"),
        ("a: &x [1]\nb: *x", "aliases"),
        ("show: table\nsmoothing: .nan", "a number from 0"),
        ("show: 2026-99-99", "cannot be read"),
        ("[" * 5000, "cannot be read"),
        ("x" * 20_000, "10,000 characters"),
    ],
)
def test_what_is_wrong_is_said(text, says):
    with pytest.raises(Invalid) as error:
        blocks.parse(text)
    assert says in error.value.message


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(blocks.NAMES) | st.text(max_size=5), inner, max_size=4), max_leaves=12))
def test_any_document_is_a_block_or_refused_with_a_sentence(document):
    try:
        block = blocks.parse(yaml.safe_dump(document))
    except Invalid as error:
        assert error.message.endswith((".", "?"))
    else:
        assert block.show in blocks.SHOWS
        assert 1 <= block.limit <= blocks.MOST_RUNS
