"""Values of parameters and selections of columns: one meaning for the canvas, the checks and the running component."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.catalogue import columns, validate
from designer.catalogue.catalogue import Catalogue
from designer.catalogue.nearest import closest
from designer.catalogue.params import Param
from designer.catalogue.schema import KINDS, Column
from registry.errors import Invalid, NotFound
from tests.designer import tiny

TABLE = [Column("age", "integer"), Column("income", "number"), Column("city", "category"), Column("born", "date")]


@pytest.mark.parametrize(
    ("selection", "names"),
    [
        ({"all": True}, ["age", "income", "city", "born"]),
        ({"kinds": ["number", "integer"]}, ["age", "income"]),
        ({"names": ["city", "age"]}, ["age", "city"]),
        ({"kinds": ["date"], "names": ["age"]}, ["age", "born"]),
        ({"all": True, "except": ["city", "gone"]}, ["age", "income", "born"]),
        ({"names": ["age"], "except": ["age"]}, []),
    ],
)
def test_a_selection_means_these_columns_in_the_tables_order(selection, names):
    assert columns.choose(selection, TABLE) == names


def test_a_named_column_that_is_not_there_is_refused_with_the_nearest():
    with pytest.raises(Invalid, match="Did you mean .income.") as refused:
        columns.choose({"names": ["Incme"]}, TABLE)

    assert (refused.value.code, refused.value.fields) == ("unknown-column", {"column": "Incme"})


names = st.lists(st.sampled_from(["age", "income", "city", "born"]), max_size=5)
selections = st.fixed_dictionaries(
    {}, optional={"all": st.booleans(), "kinds": st.lists(st.sampled_from(KINDS)), "names": names, "except": names}
)


@given(selections)
def test_a_selection_in_its_normal_form_means_the_same(selection):
    normal = columns.normal(selection)

    assert columns.normal(normal) == normal
    if not columns.is_empty(selection):
        assert columns.choose(normal, TABLE) == columns.choose(selection, TABLE)
    else:
        assert columns.choose(normal, TABLE) == []


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["all", "kinds", "names", "except", "name", "version"]) | st.text(), inner),
    max_leaves=8,
)


@given(st.sampled_from(list(tiny.CATALOGUE)), st.dictionaries(st.text(max_size=6), anything, max_size=3), anything)
def test_hostile_values_are_complained_about_and_never_run(component, extra, value):
    params = {**extra, **{param.name: value for param in component.params}}

    complaints = list(validate.complaints(component, params, {"rows": tiny.PEOPLE}))
    filled = validate.filled(component, params)

    assert all(complaint.message.endswith((".", "?")) for complaint in complaints)
    assert set(filled) == {param.name for param in component.params}
    wrong = {complaint.param for complaint in complaints if complaint.code == "param-invalid"}
    for param in component.params:
        if param.name in wrong:
            assert filled[param.name] == param.default


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("integer", 5.0, 5),
        ("number", 5, 5.0),
        ("text", " as it is ", " as it is "),
        ("columns", {"names": ["b", "a", "b"]}, {"all": False, "kinds": [], "names": ["b", "a"], "except": []}),
        ("asset", {"name": "Adult"}, {"name": "Adult", "version": None}),
    ],
)
def test_a_value_comes_in_its_own_type(kind, value, expected):
    normal = validate.normal(Param("p", kind, "P"), value)

    assert normal == expected
    assert type(normal) is type(expected)


def test_an_explicit_null_is_the_default():
    assert validate.filled(tiny.SHARE, {"share": None}) == {"share": 0.7, "seeded": False, "seed": 0}


@pytest.mark.parametrize(
    ("name", "expected"),
    [("INCOME", "income"), (" age ", "age"), ("incoem", "income"), ("ciyt", "city"), ("zzz", None), ("", None)],
)
def test_the_nearest_name_is_found(name, expected):
    assert closest(name, ["age", "income", "city", "born"]) == expected


def test_a_catalogue_refuses_two_components_of_one_name_and_suggests():
    with pytest.raises(ValueError, match="share"):
        Catalogue((tiny.SHARE, tiny.SHARE))
    with pytest.raises(NotFound, match="Did you mean Share?"):
        tiny.CATALOGUE["shar"]
    assert tiny.CATALOGUE.get("shar") is None
