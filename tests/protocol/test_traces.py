"""Traces, spans and what is said of them, told by hand."""

import gzip
import json
import zlib

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList

from registry.traces.models import Span, Trace
from tests.protocol.program import Program, bearer, invalid, missing, told

API = "/api/3.0/mlflow/traces"
OTEL = bytes.fromhex("0af7651916cd43dd8448eb211c80319c")
TRACE = f"tr-{OTEL.hex()}"


def value(found):
    """As OpenTelemetry's own library writes it."""
    if isinstance(found, bool):
        return AnyValue(bool_value=found)
    if isinstance(found, int):
        return AnyValue(int_value=found)
    if isinstance(found, float):
        return AnyValue(double_value=found)
    if isinstance(found, list):
        return AnyValue(array_value=ArrayValue(values=[value(one) for one in found]))
    if isinstance(found, dict):
        return AnyValue(kvlist_value=KeyValueList(values=[KeyValue(key=k, value=value(v)) for k, v in found.items()]))
    return AnyValue(string_value=found)


def request(*spans, **resource):
    asked = ExportTraceServiceRequest()
    group = asked.resource_spans.add()
    group.resource.attributes.extend(KeyValue(key=k, value=value(v)) for k, v in resource.items())
    scope = group.scope_spans.add()
    for told_span in spans:
        span = scope.spans.add(
            trace_id=told_span.get("trace", OTEL), span_id=told_span["id"].to_bytes(8, "big"), name=told_span["name"],
            start_time_unix_nano=told_span.get("start", 2_000_000_000), end_time_unix_nano=told_span.get("end", 3_500_000_000),
        )  # fmt: skip
        if "parent" in told_span:
            span.parent_span_id = told_span["parent"].to_bytes(8, "big")
        span.attributes.extend(KeyValue(key=k, value=value(v)) for k, v in told_span.get("attributes", {}).items())
        span.status.code = told_span.get("status", 1)
        if "event" in told_span:
            event = span.events.add(name=told_span["event"], time_unix_nano=5)
            event.attributes.append(KeyValue(key="n", value=value(1)))
    return asked.SerializeToString()


ROOT = {
    "id": 1, "name": "answer", "event": "started",
    "attributes": {
        "mlflow.spanType": "CHAIN", "mlflow.spanInputs": {"question": "größe?"}, "mlflow.spanOutputs": "42",
        "mlflow.traceTag.team": "risk", "session.id": "s1",
    },
}  # fmt: skip
CHILD = {
    "id": 2, "parent": 1, "name": "call", "start": 2_100_000_000, "end": 2_200_000_000,
    "attributes": {
        "mlflow.spanType": "LLM", "model": "gpt", "n": -5, "x": 1.5, "on": True, "many": [1, "a", [2.5]], "deep": {"a": {"b": "c"}},
        "mlflow.chat.tokenUsage": {"input_tokens": 10, "output_tokens": 5},
    },
}  # fmt: skip


def send(program, body, content_type="application/x-protobuf", experiment="0", **headers):
    return program.ask(
        "POST", "/v1/traces", body, content_type=content_type, **{"x-mlflow-experiment-id": experiment, **headers}
    )


def got(program, trace=TRACE):
    answer = program.get(f"{API}/get", trace_id=trace)
    assert answer.status_code == 200, answer.content
    return answer.json()["trace"]


def start(program, trace_id=TRACE, **info):
    location = {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "0"}}
    whole = {"trace_id": trace_id, "trace_location": location, "request_time": "2026-11-21T10:00:00.123Z", "state": "OK", **info}
    return program.post(API, trace={"trace_info": whole})


def search(program, filter="", **more):
    places = [{"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "0"}}]
    answer = program.post(f"{API}/search", locations=places, filter=filter, **more)
    assert answer.status_code == 200, answer.content
    return [trace["trace_id"] for trace in answer.json().get("traces", [])]


def attributes(span):
    return {pair["key"]: pair["value"] for pair in span["attributes"]}


def test_spans_are_read_as_opentelemetry_writes_them(program):
    answer = send(program, request(ROOT, CHILD, **{"service.name": "shop"}))

    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (200, b"", "application/x-protobuf")
    trace = got(program)
    root, child = trace["spans"]
    assert (root["name"], child["name"]) == ("answer", "call")
    assert child["parent_span_id"] == root["span_id"]
    assert (child["start_time_unix_nano"], child["end_time_unix_nano"]) == (2_100_000_000, 2_200_000_000)
    assert root["status"]["code"] == "STATUS_CODE_OK"
    assert root["events"] == [
        {"time_unix_nano": 5, "name": "started", "attributes": [{"key": "n", "value": {"int_value": 1}}]}
    ]
    seen = attributes(child)
    assert (seen["model"], seen["n"], seen["x"], seen["on"]) == (
        {"string_value": "gpt"}, {"int_value": -5}, {"double_value": 1.5}, {"bool_value": True},
    )  # fmt: skip
    assert seen["many"]["array_value"]["values"][2]["array_value"]["values"] == [{"double_value": 2.5}]
    assert seen["deep"]["kvlist_value"]["values"][0]["key"] == "a"


def test_a_trace_is_learned_from_its_spans(program):
    send(program, request(CHILD))
    assert program.get(f"{API}/{TRACE}").json()["trace"]["trace_info"]["state"] == "IN_PROGRESS"
    send(program, request(ROOT, **{"service.name": "shop", "telemetry.sdk.name": "x"}))

    info = got(program)["trace_info"]
    assert (info["state"], info["request_time"], info["execution_duration"]) == ("OK", "1970-01-01T00:00:02.000Z", "1.500s")
    assert (info["request_preview"], info["response_preview"]) == ('{"question":"größe?"}', "42")
    assert info["tags"]["service.name"] == "shop"
    assert info["tags"]["team"] == "risk"
    assert "telemetry.sdk.name" not in info["tags"]
    assert info["tags"]["mlflow.trace.spansLocation"] == "TRACKING_STORE"
    assert info["trace_metadata"]["mlflow.trace.session"] == "s1"
    assert json.loads(info["trace_metadata"]["mlflow.trace.tokenUsage"]) == {"input_tokens": 10, "output_tokens": 5}


def test_what_the_client_tells_of_a_trace_counts_more(program):
    start(program, state="ERROR", execution_duration="2.5s", tags={"mlflow.traceName": "mine"}, request_preview="told")
    send(program, request(ROOT))

    info = got(program)["trace_info"]
    assert (info["state"], info["request_time"], info["execution_duration"]) == ("ERROR", "2026-11-21T10:00:00.123Z", "2.500s")
    assert info["request_preview"] == "told"


def test_a_span_told_twice_is_one(program):
    send(program, request(ROOT, {**ROOT, "name": "again"}))
    send(program, request({**ROOT, "name": "last"}))

    assert [span["name"] for span in got(program)["spans"]] == ["last"]


def test_spans_come_as_json_too(program):
    span = {
        "traceId": OTEL.hex(), "spanId": "0000000000000001", "name": "json", "kind": 3, "startTimeUnixNano": "2000000000",
        "endTimeUnixNano": "3000000000", "status": {"code": 2, "message": "bad"},
        "attributes": [{"key": "n", "value": {"intValue": "7"}}, {"key": "l", "value": {"arrayValue": {"values": [{"boolValue": True}]}}}],
    }  # fmt: skip
    body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).encode()

    assert send(program, body, "application/json; charset=utf-8").status_code == 200

    (seen,) = got(program)["spans"]
    assert (seen["name"], seen["kind"], seen["status"]) == ("json", "SPAN_KIND_CLIENT", {"code": "STATUS_CODE_ERROR", "message": "bad"})
    assert attributes(seen)["n"] == {"int_value": 7}


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, lambda b: zlib.compress(b)[2:-4]])
def test_packed_requests(program, pack):
    encoding = "gzip" if pack is gzip.compress else "deflate"

    assert send(program, pack(request(ROOT)), **{"content-encoding": encoding}).status_code == 200
    assert Span.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "content_type", "encoding"),
    [
        (b"", "application/x-protobuf", ""),
        (b"\xff\xff\xff", "application/x-protobuf", ""),
        (request(ROOT)[:-7], "application/x-protobuf", ""),
        (request({**ROOT, "trace": b"short"}), "application/x-protobuf", ""),
        (b"{", "application/json", ""),
        (b'{"resourceSpans": 7}', "application/json", ""),
        (b'{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "xyz"}]}]}]}', "application/json", ""),
        (b"a=b", "text/plain", ""),
        (b"no gzip", "application/x-protobuf", "gzip"),
        (b"x", "application/x-protobuf", "brotli"),
    ],
)
def test_what_is_no_span_is_refused(program, body, content_type, encoding):
    invalid(send(program, body, content_type, **({"content-encoding": encoding} if encoding else {})))
    assert not Trace.objects.exists()


def test_a_bomb_is_not_unpacked(program):
    invalid(send(program, gzip.compress(b"\0" * 70_000_000), **{"content-encoding": "gzip"}))


def test_lists_within_lists_have_an_end(program):
    deep = "x"
    for _ in range(40):
        deep = [deep]
    invalid(send(program, request({**ROOT, "attributes": {"deep": deep}})))


def test_spans_need_an_experiment(program):
    invalid(program.ask("POST", "/v1/traces", request(ROOT), content_type="application/x-protobuf"))
    missing(send(program, request(ROOT), experiment="999999"))


@pytest.mark.parametrize(
    "info",
    [
        {"trace_id": ""}, {"trace_id": "../x"}, {"trace_id": "a" * 101}, {"request_time": "yesterday"},
        {"execution_duration": "long"}, {"state": "GONE"}, {"trace_location": {"type": "UC_SCHEMA"}}, {"assessments": [{}]},
    ],
)  # fmt: skip
def test_a_trace_that_makes_no_sense_is_refused(program, db, info):
    invalid(start(program, **info))


def test_tags_of_a_trace(program):
    start(program, tags={"a": "1"})
    program.patch(f"{API}/{TRACE}/tags", key="b", value="2")
    program.patch(f"/api/2.0/mlflow/traces/{TRACE}/tags", key="a", value="x" * 9000)
    assert program.delete(f"{API}/{TRACE}/tags", key="b").status_code == 200

    tags = program.get(f"{API}/{TRACE}").json()["trace"]["trace_info"]["tags"]
    assert set(tags) == {"a", "mlflow.artifactLocation"}
    assert len(tags["a"]) == 8000
    missing(program.delete(f"{API}/{TRACE}/tags", key="b"))
    invalid(program.patch(f"{API}/{TRACE}/tags", key="mlflow.artifactLocation", value="s3://mine"))
    missing(program.patch(f"{API}/tr-nothing/tags", key="a", value="1"))


@pytest.fixture
def traces(program, run):
    """Three, a second apart: ok and fast, ok and slow, failed."""
    send(program, request(ROOT, CHILD))
    for name, state, duration, more in (
        (TRACE, "OK", "1s", {"tags": {"mlflow.traceName": "ask", "team": "risk"}}),
        ("tr-b", "OK", "9s", {"tags": {"mlflow.traceName": "tell"}, "trace_metadata": {"mlflow.sourceRun": run}}),
        ("tr-c", "ERROR", "2s", {"client_request_id": "mine", "tags": {"team": "sales"}}),
    ):
        second = ["tr-c", "tr-b", TRACE].index(name)
        start(program, name, state=state, execution_duration=duration, request_time=f"2026-11-21T10:00:0{second}Z", **more)
    said = {"assessment_name": "good", "source": {"source_type": "HUMAN", "source_id": "ann"}}
    program.post(f"{API}/tr-b/assessments", assessment={**said, "feedback": {"value": True}})
    program.post(f"{API}/tr-c/assessments", assessment={**said, "feedback": {"value": 0.25}})
    program.post(f"{API}/tr-c/assessments", assessment={**said, "assessment_name": "best", "expectation": {"value": "yes"}})
    return run


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        ("", {TRACE, "tr-b", "tr-c"}),
        ("status = 'ERROR'", {"tr-c"}),
        ("trace.status = 'OK' AND execution_time > 5000", {"tr-b"}),
        ("timestamp_ms > 1795255200500", {TRACE, "tr-b"}),
        ("name = 'ask'", {TRACE}),
        ("tags.team = 'risk'", {TRACE}),
        ("tags.team IS NULL", {"tr-b"}),
        ("client_request_id = 'mine'", {"tr-c"}),
        ("request_id IN ('tr-b', 'tr-c')", {"tr-b", "tr-c"}),
        ("span.name = 'call'", {TRACE}),
        ("span.name = 'call' AND span.type = 'CHAIN'", set()),  # of one and the same span
        ("span.name = 'call' AND span.type = 'LLM'", {TRACE}),
        ("span.attributes.model = 'gpt'", {TRACE}),
        ("span.attributes.model LIKE 'g%'", {TRACE}),
        ("span.attributes.session.id = 's1'", {TRACE}),
        ("trace.text LIKE '%größe%'", {TRACE}),
        ("feedback.good = 'true'", {"tr-b"}),
        ("feedback.good > 0.2", {"tr-c"}),
        ("feedback.good IS NOT NULL", {"tr-b", "tr-c"}),
        ("expectation.best = 'yes'", {"tr-c"}),
        ("metadata.`mlflow.sourceRun` LIKE '%'", {"tr-b"}),
    ],
)
def test_traces_by_filter(program, traces, filter, expected):
    assert set(search(program, filter)) == expected


def test_traces_of_a_run(program, traces):
    program.post(f"{API}/link-to-run", trace_ids=["tr-c", "tr-unknown"], run_id=traces)

    assert set(search(program, f"run_id = '{traces}'")) == {"tr-b", "tr-c"}
    invalid(program.post(f"{API}/link-to-run", trace_ids=[f"tr-{n}" for n in range(101)], run_id=traces))


def test_traces_in_order_page_by_page(program, traces):
    assert search(program) == [TRACE, "tr-b", "tr-c"]
    assert search(program, order_by=["execution_time DESC"]) == ["tr-b", "tr-c", TRACE]
    assert search(program, order_by=["name ASC"]) == [TRACE, "tr-b", "tr-c"]
    places = [{"mlflow_experiment": {"experiment_id": "0"}}]
    first = program.post(f"{API}/search", locations=places, max_results=2).json()
    second = program.post(f"{API}/search", locations=places, max_results=2, page_token=first["next_page_token"]).json()
    assert [t["trace_id"] for t in first["traces"] + second["traces"]] == [TRACE, "tr-b", "tr-c"]
    assert "next_page_token" not in second


@pytest.mark.parametrize("filter", ["nothing", "nothing = 'x'", "span.color = 'x'", "status > 'a'", "foo.bar = 'x'", "span.content = 'x'"])
def test_filters_that_make_no_sense(program, traces, filter):
    invalid(program.post(f"{API}/search", locations=[{"mlflow_experiment": {"experiment_id": "0"}}], filter=filter))


def test_several_traces_at_once(program, traces):
    batch = program.get(f"{API}/batchGet", trace_ids=["tr-b", TRACE, "tr-none"]).json()["traces"]
    assert [t["trace_info"]["trace_id"] for t in batch] == [TRACE]  # the others have no spans
    infos = program.post(f"{API}/batchGetInfos", trace_ids=["tr-b", TRACE]).json()["trace_infos"]
    assert [t["trace_id"] for t in infos] == ["tr-b", TRACE]


def test_a_trace_is_whole_when_all_its_spans_are_there(program):
    send(program, request(ROOT))
    start(program, trace_metadata={"mlflow.trace.sizeStats": '{"num_spans": 2}'})
    assert "not fully exported" in missing(program.get(f"{API}/get", trace_id=TRACE))
    assert len(program.get(f"{API}/get", trace_id=TRACE, allow_partial="true").json()["trace"]["spans"]) == 1
    send(program, request(CHILD))
    assert len(got(program)["spans"]) == 2


def test_traces_are_deleted_with_their_files(program, traces, django_capture_on_commit_callbacks, settings):
    file = f"/api/2.0/mlflow-artifacts/artifacts/0/traces/{TRACE}/artifacts/traces.json"
    assert program.put(file, b"{}").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        answer = program.post(f"{API}/delete-traces", experiment_id="0", request_ids=[TRACE, "tr-none"])
    assert answer.json() == {"traces_deleted": 1}
    assert not list(settings.STORE_DIR.rglob("traces.json"))
    oldest = program.post(f"{API}/delete-traces", experiment_id="0", max_timestamp_millis=2**45, max_traces=1)
    assert oldest.json() == {"traces_deleted": 1}
    assert search(program) == ["tr-b"]
    invalid(program.post(f"{API}/delete-traces", experiment_id="0"))


def test_what_is_said_of_a_trace(program, traces):
    said = {
        "assessment_name": "tone", "source": {"source_type": "LLM_JUDGE", "source_id": "j"}, "feedback": {"value": [1, {"a": 2}]},
        "rationale": "kind", "metadata": {"k": "v"}, "span_id": "s",
    }  # fmt: skip
    made = program.post(f"{API}/tr-b/assessments", assessment=said).json()["assessment"]
    one = f"{API}/tr-b/assessments/{made['assessment_id']}"
    assert {key: made[key] for key in said} == said

    program.patch(one, assessment={"feedback": {"value": 5}, "metadata": {"n": "1"}}, update_mask="feedback,metadata")
    changed = program.get(one).json()["assessment"]
    assert (changed["feedback"], changed["metadata"], changed["rationale"]) == ({"value": 5}, {"k": "v", "n": "1"}, "kind")
    invalid(program.patch(one, assessment={"expectation": {"value": 1}}, update_mask="expectation"))
    program.delete(one)
    program.delete(one)
    missing(program.get(one))


def test_what_is_overridden_is_valid_again_when_the_other_goes(program, traces):
    said = {"assessment_name": "x", "source": {"source_type": "HUMAN"}, "feedback": {"value": 1}}
    first = program.post(f"{API}/tr-b/assessments", assessment=said).json()["assessment"]["assessment_id"]
    second = program.post(f"{API}/tr-b/assessments", assessment={**said, "overrides": first}).json()["assessment"]["assessment_id"]

    assert program.get(f"{API}/tr-b/assessments/{first}").json()["assessment"]["valid"] is False
    program.delete(f"{API}/tr-b/assessments/{second}")
    assert program.get(f"{API}/tr-b/assessments/{first}").json()["assessment"]["valid"] is True
    missing(program.post(f"{API}/tr-b/assessments", assessment={**said, "overrides": "a-none"}))


def test_traces_of_old_clients(program, run):
    begun = program.post("traces", experiment_id="0", timestamp_ms=1000, tags=[{"key": "a", "value": "1"}]).json()["trace_info"]
    assert (begun["status"], begun["timestamp_ms"]) == ("IN_PROGRESS", 1000)
    program.patch(
        f"traces/{begun['request_id']}", timestamp_ms=1500, status="OK", request_metadata=[{"key": "m", "value": "2"}]
    )

    told_back = program.get(f"traces/{begun['request_id']}/info").json()["trace_info"]
    assert (told_back["status"], told_back["execution_time_ms"]) == ("OK", 500)
    assert told_back["request_metadata"] == [{"key": "m", "value": "2"}]
    found = program.get("traces", experiment_ids="0").json()["traces"]
    assert [trace["request_id"] for trace in found] == [begun["request_id"]]


def test_statistics_of_traces_are_said_not_to_be_there(program, db):
    told(program.post(f"{API}/metrics"), 404, "ENDPOINT_NOT_FOUND")


def test_an_outsider_finds_no_traces_and_a_reader_writes_none(program, traces, oscar, readers_program):
    missing(Program(bearer(oscar)).get(f"{API}/{TRACE}"))
    assert readers_program.get(f"{API}/{TRACE}").status_code == 200
    assert send(readers_program, request(ROOT)).status_code == 403
    assert readers_program.patch(f"{API}/{TRACE}/tags", key="a", value="b").status_code == 403


def test_our_own_api_reads_them(program, traces, rita, api_for):
    api = api_for(rita)

    listed = api.get("/api/v1/w/lab/traces").json()["results"]
    assert [(t["trace_id"], t["state"], t["spans"]) for t in listed] == [(TRACE, "OK", 2), ("tr-b", "OK", 0), ("tr-c", "ERROR", 0)]
    assert [t["trace_id"] for t in api.get(f"/api/v1/w/lab/traces?run={traces}").json()["results"]] == ["tr-b"]
    spans = api.get(f"/api/v1/w/lab/traces/{TRACE}/spans").json()["results"]
    assert [(s["name"], s["attributes"].get("model")) for s in spans] == [("answer", None), ("call", "gpt")]
    assert api.get("/api/v1/w/lab/traces?experiment=x").status_code == 422
    assert api.get("/api/v1/w/lab/traces/tr-none").status_code == 404
