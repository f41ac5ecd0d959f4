"""Who gets which answer where: one row for every method of every route.

    METHOD route                                  body    anonymous outsider reader contributor owner

A body is what the request sends ("-": nothing). The last column may name the reason of an answer that is no success.
A route that is not written here fails `test_access_table.py`, and so does a row whose route is gone.
"""

# Answers, in the order anonymous, outsider, reader, contributor, owner.
READ = (401, 404, 200, 200, 200)
PAGE = (302, 404, 200, 200, 200)


def write(done: int) -> tuple[int, ...]:
    """REST: who may only read is refused; `done` is the answer of success."""
    return (401, 404, 403, done, done)


def senders(done: int) -> tuple[int, ...]:
    """An upload belongs to its sender alone until it is imported; here that is the owner."""
    return (401, 404, 403, 404, done)


def own(done: int) -> tuple[int, ...]:
    return (401, 404, 403, 403, done)


# A page's form that did its work leads on to another page (302), as does the sign-in page for nobody.
FORM = (302, 404, 403, 302, 302)
OWNERS_FORM = (302, 404, 403, 403, 302)
ANYBODY = (200, 200, 200, 200, 200)
EVERYBODY = (401, 200, 200, 200, 200)
MINE = (302, 200, 200, 200, 200)

W = "/api/v1/w/<slug:workspace>"
P = "/w/<slug:workspace>"
UPLOAD, VERSION = f"{W}/data/uploads/<uuid:upload_id>", f"{W}/data/<str:name>/versions/<int:number>"
RUN, OUTPUT = f"{W}/runs/<slug:run_id>", f"{W}/runs/<slug:run_id>/outputs/<slug:port>"
MODEL, MODEL_VERSION = f"{W}/models/<str:name>", f"{W}/models/<str:name>/versions/<int:number>"
LOGGED = f"{W}/logged-models/<str:model_id>/artifacts"
REPORT = f"{W}/reports/<int:report>"
PIPELINE = f"{W}/pipelines/<int:id>"
MODEL_PAGE, VERSION_PAGE = f"{P}/models/<str:name>", f"{P}/models/<str:name>/versions/<int:number>"
RUN_PAGE, PERSON = f"{P}/runs/<slug:run_id>", f"{P}/people/<int:user_id>"

TABLE: dict[tuple[str, str], tuple[object, tuple[int, ...]]] = {
    # The person themselves.
    ("GET", "/api/v1/schema"): (None, EVERYBODY),
    ("GET", "/api/v1/me"): (None, EVERYBODY),
    ("PATCH", "/api/v1/me"): ({"theme": "dark"}, EVERYBODY),
    ("GET", "/api/v1/me/tokens"): (None, EVERYBODY),
    ("POST", "/api/v1/me/tokens"): ({"name": "t"}, (401, 201, 201, 201, 201)),
    # Somebody else's token does not exist.
    ("DELETE", "/api/v1/me/tokens/<int:token_id>"): (None, (401, 404, 404, 404, 204)),
    ("GET", "/api/v1/workspaces"): (None, EVERYBODY),
    ("POST", "/api/v1/workspaces"): ({"name": "New"}, (401, 201, 201, 201, 201)),
    ("GET", "/api/docs"): (None, MINE),
    # Workspace and members.
    ("GET", W): (None, READ),
    ("PATCH", W): ({"name": "Other"}, own(200)),
    ("GET", f"{W}/members"): (None, READ),
    ("POST", f"{W}/members"): ({"username": "nora", "role": "reader"}, own(201)),
    ("PATCH", f"{W}/members/<int:user_id>"): ({"role": "owner"}, own(200)),
    ("DELETE", f"{W}/members/<int:user_id>"): (None, own(204)),
    # Data.
    ("GET", f"{W}/data"): (None, READ),
    ("GET", f"{W}/data/uploads"): (None, write(200)),
    ("POST", f"{W}/data/uploads"): ({"filename": "a.csv", "size": 4}, write(201)),
    ("GET", UPLOAD): (None, senders(200)),
    ("PATCH", UPLOAD): (b"a,b\n1,2\n", senders(200)),
    ("DELETE", UPLOAD): (None, senders(204)),
    ("PATCH", f"{UPLOAD}/options"): ({"separator": ";"}, senders(409)),  # not received yet
    ("POST", f"{UPLOAD}/import"): ({"name": "a"}, senders(409)),  # not received yet
    ("GET", f"{W}/data/<str:name>"): (None, READ),
    ("PATCH", f"{W}/data/<str:name>"): ({"description": "x"}, write(200)),
    ("DELETE", f"{W}/data/<str:name>"): (None, write(204)),
    ("GET", f"{W}/data/<str:name>/versions"): (None, READ),
    ("GET", VERSION): (None, READ),
    ("GET", f"{VERSION}/rows"): (None, READ),
    ("GET", f"{VERSION}/profile"): (None, READ),
    ("GET", f"{VERSION}/download"): (None, READ),
    # Runs.
    ("GET", f"{W}/events"): (None, READ),
    ("GET", f"{W}/runs"): (None, READ),
    ("POST", f"{W}/runs/query"): ({"columns": ["metrics.auc"]}, READ),
    ("POST", f"{W}/runs/columns"): ({}, READ),
    ("POST", f"{W}/runs/export"): ({"columns": ["metrics.auc"]}, READ),
    ("POST", f"{W}/runs/bulk"): ({"action": "archive", "runs": []}, write(200)),
    ("GET", f"{W}/experiments"): (None, READ),
    ("POST", f"{W}/experiments"): ({"name": "New"}, write(201)),
    ("PATCH", f"{W}/experiments/<int:experiment>"): ({"name": "Other"}, write(200)),
    ("DELETE", f"{W}/experiments/<int:experiment>"): (None, write(204)),
    ("POST", f"{W}/experiments/<int:experiment>/restore"): (None, (401, 404, 403, 404, 404)),  # it is not in the bin
    ("GET", f"{W}/views"): (None, READ),
    ("POST", f"{W}/views"): ({"name": "Mine", "state": {}}, (401, 404, 201, 201, 201)),
    ("GET", f"{W}/views/<int:view>"): (None, READ),
    ("PATCH", f"{W}/views/<int:view>"): ({"name": "Other"}, own(200)),  # the owner's, shared
    ("DELETE", f"{W}/views/<int:view>"): (None, own(204)),
    ("GET", f"{W}/runs/fields"): (None, READ),
    ("POST", f"{W}/runs/importance"): ({"runs": [], "metric": "auc"}, READ),
    ("POST", f"{W}/metrics/names"): ({"runs": []}, READ),
    ("POST", f"{W}/metrics/curves"): ({"runs": [], "keys": []}, READ),
    ("GET", f"{W}/runs/compare"): (None, READ),
    ("GET", f"{W}/runs/compare/text"): (None, (401, 404, 422, 422, 422)),  # it has to be said which
    ("GET", f"{W}/runs/compare/files"): (None, READ),
    ("GET", f"{W}/runs/compare/graphs"): (None, (401, 404, 404, 404, 404)),  # no runs are named
    ("GET", f"{W}/runs/compare/scripts"): (None, READ),
    ("POST", f"{W}/runs/selections"): ({"runs": ["a1"]}, (401, 404, 201, 201, 201)),
    ("GET", f"{W}/runs/selections/<slug:key>"): (None, (401, 404, 404, 404, 404)),  # nobody has made one
    ("GET", RUN): (None, READ),
    ("POST", f"{RUN}/cancel"): (None, write(409)),  # it is over
    ("POST", f"{RUN}/rerun"): (None, write(201)),
    ("POST", f"{RUN}/resume"): (None, write(409)),  # it is completed
    ("POST", f"{RUN}/archive"): (None, write(204)),
    ("PATCH", RUN): ({"name": "Other"}, write(200)),
    ("DELETE", RUN): (None, write(204)),
    ("POST", f"{RUN}/restore"): (None, write(204)),
    ("POST", f"{RUN}/unarchive"): (None, write(204)),
    ("GET", f"{RUN}/about"): (None, READ),
    ("GET", f"{RUN}/nested"): (None, READ),
    ("PUT", f"{RUN}/tags"): ({"key": "team", "value": "blue"}, write(204)),
    ("DELETE", f"{RUN}/tags"): (None, write(404)),  # there is no such tag
    ("PUT", f"{RUN}/star"): (None, (401, 404, 204, 204, 204)),  # a person's own mark
    ("DELETE", f"{RUN}/star"): (None, (401, 404, 204, 204, 204)),
    ("GET", f"{RUN}/comments"): (None, READ),
    ("POST", f"{RUN}/comments"): ({"text": "Well done."}, write(201)),
    ("PATCH", f"{RUN}/comments/<int:comment>"): ({"text": "x"}, (401, 404, 403, 403, 200)),  # only its author
    ("DELETE", f"{RUN}/comments/<int:comment>"): (None, (401, 404, 403, 403, 204)),  # its author, or an owner
    ("GET", f"{RUN}/artifacts"): (None, READ),
    ("GET", f"{RUN}/artifacts/summary"): (None, READ),
    ("GET", f"{RUN}/artifacts/find"): (None, (401, 404, 422, 422, 422)),  # it wants a kind
    ("GET", f"{RUN}/artifacts/preview"): (None, (401, 404, 404, 404, 404)),  # the top is a folder
    ("GET", f"{RUN}/artifacts/lines"): (None, (401, 404, 404, 404, 404)),
    ("GET", f"{RUN}/artifacts/rows"): (None, (401, 404, 422, 422, 422)),
    ("GET", f"{RUN}/artifacts/zip"): (None, READ),
    ("GET", f"{RUN}/artifacts/raw/<path:path>"): (None, READ),
    ("GET", f"{RUN}/artifacts/model"): (None, (401, 404, 422, 422, 422)),  # the folder holds no model
    ("POST", f"{RUN}/artifacts/model/register"): ({"name": "m", "path": "notes"}, write(422)),
    ("GET", f"{RUN}/logged-models"): (None, READ),
    ("GET", f"{W}/lineage"): (None, (401, 404, 422, 422, 422)),  # it wants a node
    ("GET", f"{RUN}/logs"): (None, READ),
    ("GET", f"{RUN}/logs/text"): (None, READ),
    ("GET", f"{RUN}/events"): (None, READ),
    ("GET", f"{RUN}/params"): (None, READ),
    ("GET", f"{RUN}/metrics"): (None, READ),
    ("GET", f"{RUN}/metrics/<path:key>"): (None, READ),
    ("GET", f"{RUN}/outputs"): (None, READ),
    ("GET", f"{RUN}/models"): (None, READ),
    ("GET", f"{W}/runs/<str:run_id>/graph"): (None, READ),
    ("GET", f"{OUTPUT}/rows"): (None, READ),
    ("GET", f"{OUTPUT}/profile"): (None, READ),
    ("GET", f"{OUTPUT}/evaluation"): (None, (401, 404, 422, 422, 422)),  # the output is a table
    ("GET", f"{OUTPUT}/download"): (None, READ),
    ("POST", f"{OUTPUT}/register"): ({"name": "m"}, write(422)),  # the output is a table
    # Files of logged models.
    ("GET", LOGGED): (None, READ),
    ("GET", f"{LOGGED}/preview"): (None, (401, 404, 404, 404, 404)),  # the top is a folder
    ("GET", f"{LOGGED}/lines"): (None, (401, 404, 404, 404, 404)),
    ("GET", f"{LOGGED}/rows"): (None, (401, 404, 404, 404, 404)),  # nothing was uploaded yet
    ("GET", f"{LOGGED}/zip"): (None, READ),
    ("GET", f"{LOGGED}/model"): (None, (401, 404, 422, 422, 422)),
    ("POST", f"{LOGGED}/model/register"): ({"name": "m"}, write(422)),
    ("GET", f"{LOGGED}/raw/<path:path>"): (None, (401, 404, 404, 404, 404)),
    # Models.
    ("GET", f"{W}/models"): (None, READ),
    ("GET", MODEL): (None, READ),
    ("PATCH", MODEL): ({"description": "x"}, write(200)),
    ("DELETE", MODEL): (None, write(204)),
    ("GET", f"{MODEL}/versions"): (None, READ),
    ("GET", MODEL_VERSION): (None, READ),
    ("PATCH", MODEL_VERSION): ({"description": "x"}, write(200)),
    ("DELETE", MODEL_VERSION): (None, write(204)),
    ("GET", f"{MODEL_VERSION}/download"): (None, READ),
    ("POST", f"{MODEL}/rename"): ({"name": "wages"}, write(200)),
    ("PUT", f"{MODEL}/aliases/<str:alias>"): ({"version": 1}, write(200)),
    ("DELETE", f"{MODEL}/aliases/<str:alias>"): (None, write(204)),
    # Traces are written by programs alone.
    ("GET", f"{W}/traces"): (None, READ),
    ("GET", f"{W}/traces/<str:trace_id>"): (None, READ),
    ("GET", f"{W}/traces/<str:trace_id>/spans"): (None, READ),
    # Reports. A reader reads; a link is for whoever has it.
    ("GET", f"{W}/reports"): (None, READ),
    ("POST", f"{W}/reports"): ({"title": "New"}, write(201)),
    ("POST", f"{W}/reports/draw"): ({"text": "show: table"}, READ),
    ("GET", REPORT): (None, READ),
    ("PATCH", REPORT): ({"revision": 1, "title": "Other"}, write(200)),
    ("DELETE", REPORT): (None, write(204)),
    ("POST", f"{REPORT}/restore"): (None, write(200)),
    ("GET", f"{REPORT}/versions"): (None, READ),
    ("POST", f"{REPORT}/versions"): ({"revision": 1, "version": 1}, write(200)),
    ("POST", f"{REPORT}/link"): (None, write(201)),
    ("DELETE", f"{REPORT}/link"): (None, write(204)),
    ("GET", f"{P}/reports/"): (None, PAGE),
    ("GET", f"{P}/reports/<int:report>/"): (None, PAGE),
    ("GET", "/shared/<str:link>/"): (None, ANYBODY),
    ("GET", "/shared/<str:link>/blocks/<int:number>"): (None, ANYBODY),
    # A whole experiment as a file, and back.
    ("GET", f"{W}/experiments/<int:experiment>/parcel"): (None, READ),
    ("POST", f"{W}/experiments/take-in"): ({"upload": "00000000-0000-0000-0000-000000000000"}, (401, 404, 403, 404, 404)),
    # Pipelines.
    ("GET", f"{W}/catalogue"): (None, READ),
    ("GET", f"{W}/pipelines"): (None, READ),
    ("POST", f"{W}/pipelines"): ({"name": "New"}, write(201)),
    ("GET", f"{W}/pipelines/samples"): (None, READ),
    ("POST", f"{W}/pipelines/samples/<slug:slug>"): (None, write(422)),  # its data is not here
    ("GET", PIPELINE): (None, READ),
    ("PATCH", PIPELINE): ({"name": "Other"}, write(200)),
    ("DELETE", PIPELINE): (None, write(204)),
    ("POST", f"{PIPELINE}/unarchive"): (None, (401, 404, 404, 404, 404)),  # it is not archived
    ("POST", f"{PIPELINE}/duplicate"): (None, write(201)),
    ("PUT", f"{PIPELINE}/graph"): ({"revision": 1, "graph": {"format": 1, "nodes": [], "edges": []}}, write(200)),
    ("POST", f"{PIPELINE}/check"): ({"graph": {"format": 1, "nodes": [], "edges": []}}, READ),
    ("POST", f"{PIPELINE}/runs"): ({"revision": 1}, write(422)),  # it is empty
    ("GET", f"{PIPELINE}/state"): (None, READ),
    ("GET", f"{PIPELINE}/versions"): (None, READ),
    ("GET", f"{PIPELINE}/versions/<int:revision>"): (None, READ),
    ("POST", f"{PIPELINE}/versions/<int:revision>/restore"): ({"revision": 1}, write(200)),
    # Pages: a person's own.
    ("GET", "/"): (None, (302, 200, 302, 302, 302)),
    ("GET", "/new-workspace/"): (None, MINE),
    ("POST", "/new-workspace/"): ({"name": "New"}, (302, 302, 302, 302, 302)),
    ("GET", "/sign-in/"): (None, (200, 302, 302, 302, 302)),
    ("POST", "/sign-in/"): ({"username": "alice", "password": "wrong"}, (403, 302, 302, 302, 302)),
    ("GET", "/sign-in/<str:secret>/"): (None, (200, 200, 200, 200, 200)),
    ("POST", "/sign-in/<str:secret>/"): (None, (302, 302, 302, 302, 302)),
    ("POST", "/sign-out/"): (None, (302, 302, 302, 302, 302)),
    ("GET", "/account/"): (None, MINE),
    ("GET", "/account/first-password/"): (None, (302, 302, 302, 302, 302)),
    ("POST", "/account/first-password/"): (None, (302, 302, 302, 302, 302)),
    ("POST", "/account/profile/"): ({"full_name": "A B"}, (302, 302, 302, 302, 302)),
    ("POST", "/account/password/"): ({"old": "wrong", "new": "x", "again": "x"}, (302, 422, 422, 422, 422)),
    ("POST", "/account/theme/"): ({"theme": "dark"}, (302, 204, 204, 204, 204)),
    ("POST", "/account/tokens/"): ({"name": "t"}, MINE),
    ("POST", "/account/tokens/<int:token_id>/remove/"): (None, (302, 404, 404, 404, 302)),
    # Pages of a workspace.
    ("GET", f"{P}/"): (None, PAGE),
    ("GET", f"{P}/now/"): (None, PAGE),
    ("POST", f"{P}/new-pipeline/"): (None, FORM),
    ("POST", f"{P}/samples/<slug:slug>/"): (None, (302, 404, 403, 422, 422)),  # its data is not here
    ("GET", f"{P}/data/"): (None, PAGE),
    ("GET", f"{P}/data/upload/"): (None, (302, 404, 403, 200, 200)),
    ("GET", f"{P}/data/uploads/<uuid:upload_id>/"): (None, (302, 404, 403, 404, 200)),
    ("GET", f"{P}/data/<str:name>/"): (None, PAGE),
    ("GET", f"{P}/designer/"): (None, PAGE),
    ("GET", f"{P}/designer/<int:pipeline>/"): (None, PAGE),
    ("GET", f"{P}/runs/"): (None, PAGE),
    ("GET", f"{P}/runs/compare/"): (None, PAGE),
    ("POST", f"{P}/runs/compare/choose/"): ({"runs": "a1,b2"}, (302, 404, 302, 302, 302)),
    ("GET", f"{RUN_PAGE}/"): (None, PAGE),
    ("POST", f"{RUN_PAGE}/cancel/"): (None, (302, 404, 403, 409, 409)),  # it is over
    ("POST", f"{RUN_PAGE}/rerun/"): (None, FORM),
    ("POST", f"{RUN_PAGE}/resume/"): (None, (302, 404, 403, 409, 409)),  # it is completed
    ("POST", f"{RUN_PAGE}/archive/"): (None, FORM),
    ("GET", f"{P}/models/"): (None, PAGE),
    ("GET", f"{MODEL_PAGE}/"): (None, PAGE),
    ("POST", f"{MODEL_PAGE}/describe/"): ({"description": "x", "tags": ""}, FORM),
    ("POST", f"{MODEL_PAGE}/rename/"): ({"name": "wages"}, FORM),
    ("POST", f"{MODEL_PAGE}/delete/"): ({"confirm": "income"}, FORM),
    ("GET", f"{VERSION_PAGE}/"): (None, PAGE),
    ("POST", f"{VERSION_PAGE}/describe/"): ({"description": "x"}, FORM),
    ("POST", f"{VERSION_PAGE}/delete/"): (None, FORM),
    ("GET", f"{P}/people/"): (None, PAGE),
    ("POST", f"{P}/people/invite/"): ({"username": "nora", "role": "reader"}, (302, 404, 403, 403, 200)),
    ("POST", f"{PERSON}/invitation/"): (None, (302, 404, 403, 403, 200)),
    ("POST", f"{PERSON}/role/"): ({"role": "owner"}, OWNERS_FORM),
    ("POST", f"{PERSON}/remove/"): (None, OWNERS_FORM),
    ("GET", f"{P}/settings/"): (None, (302, 404, 403, 403, 200)),
    ("POST", f"{P}/settings/"): ({"name": "Other"}, OWNERS_FORM),
}
