"""Searching registered models and versions."""

import pytest

from tests.protocol.test_registry import refused, told, version_of


@pytest.fixture
def models(program):
    for name, team in (("income", "risk"), ("Income 2", "risk"), ("prices", "sales"), ("größe_1", "")):
        tags = [{"key": "team", "value": team}] if team else []
        program.post("registered-models/create", name=name, tags=tags)


def names(program, **query):
    return [m["name"] for m in told(program.get("registered-models/search", **query)).get("registered_models", [])]


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        ("", {"income", "Income 2", "prices", "größe_1"}),
        ("name = 'income'", {"income"}),
        ("name != 'income'", {"Income 2", "prices", "größe_1"}),
        ("name LIKE 'in%'", {"income"}),
        ("name ILIKE 'in%'", {"income", "Income 2"}),
        ("name LIKE '%_1'", {"größe_1"}),
        ("name ILIKE 'GRÖSSE%'", set()),
        ("name ILIKE 'GRÖßE%'", {"größe_1"}),
        ("name IN ('income', 'prices')", {"income", "prices"}),
        ("name NOT IN ('income')", {"Income 2", "prices", "größe_1"}),
        ("tags.team = 'risk'", {"income", "Income 2"}),
        ("tag.team != 'risk'", {"prices"}),
        ("tags.team = 'risk' AND name LIKE '%2'", {"Income 2"}),
        ("tags.`team` ILIKE 'RI%'", {"income", "Income 2"}),
        ("tags.nothing = 'x'", set()),
        ("name = 'it''s'", set()),
    ],
)
def test_models_by_filter(program, models, filter, expected):
    assert set(names(program, filter=filter)) == expected


@pytest.mark.parametrize(
    "filter", ["name", "name =", "name = income", "nothing = 'x'", "name > 'a'", "run_id = 'x'", "name = 'a' OR", "'", "tags.a"]
)
def test_filters_that_make_no_sense(program, models, filter):
    refused(program.get("registered-models/search", filter=filter))


def test_models_in_order_page_by_page(program, models):
    seen, token = [], ""
    while True:
        page = told(program.get("registered-models/search", order_by="name DESC", max_results=3, page_token=token))
        seen += [m["name"] for m in page["registered_models"]]
        if not (token := page.get("next_page_token", "")):
            break
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 4
    refused(program.get("registered-models/search", page_token="not base64!"))
    refused(program.get("registered-models/search", max_results=1001))
    refused(program.get("registered-models/search", order_by="color"))


@pytest.fixture
def versions(program):
    for name in ("a", "b"):
        program.post("registered-models/create", name=name)
    version_of(program, "a", "s3://x/1", run_id="r1", tags=[{"key": "k", "value": "1"}])
    version_of(program, "a", "s3://x/2", run_id="r2")
    version_of(program, "b", "s3://y/1", run_id="r1", tags=[{"key": "k", "value": "2"}])


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        ("", {"a1", "a2", "b1"}),
        ("name = 'a'", {"a1", "a2"}),
        ("run_id = 'r1'", {"a1", "b1"}),
        ("run_id IN ('r2', 'r3')", {"a2"}),
        ("source_path = 's3://x/2'", {"a2"}),
        ("source_path LIKE 's3://y%'", {"b1"}),
        ("version_number = 1", {"a1", "b1"}),
        ("version_number >= 2", {"a2"}),
        ("version_number < 2 AND name = 'a'", {"a1"}),
        ("tags.k = '2'", {"b1"}),
        ("tags.k != '2'", {"a1"}),
    ],
)
def test_versions_by_filter(program, versions, filter, expected):
    found = told(program.get("model-versions/search", filter=filter))["model_versions"]
    assert {v["name"] + v["version"] for v in found} == expected


@pytest.mark.parametrize(
    ("order_by", "expected"),
    [
        (["name ASC", "version_number DESC"], ["a2", "a1", "b1"]),
        (["version_number DESC"], ["a2", "a1", "b1"]),
        (["creation_timestamp ASC"], ["a1", "a2", "b1"]),
        ([], ["b1", "a2", "a1"]),
    ],
)
def test_versions_in_order(program, versions, order_by, expected):
    found = told(program.get("model-versions/search", **({"order_by": order_by} if order_by else {})))["model_versions"]
    assert [v["name"] + v["version"] for v in found] == expected


def test_searching_costs_the_same_for_many(program, django_assert_max_num_queries):
    for n in range(12):
        program.post("registered-models/create", name=f"m{n}")
        version_of(program, f"m{n}")
    with django_assert_max_num_queries(16):
        told(program.get("registered-models/search"))
    with django_assert_max_num_queries(12):
        told(program.get("model-versions/search"))
