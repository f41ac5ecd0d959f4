"""The protocol behind Django's own handler: for its test client, and for whoever serves the studio without `asgi`."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from registry.mlflow_api import files, routes, serving, uploads
from registry.mlflow_api.serving import Answer, Request

assert routes.MODULES


# No cookie of a session is looked at, so there is nothing that another site's form could use.
@csrf_exempt
@login_not_required
@require_http_methods(["DELETE", "GET", "PATCH", "POST", "PUT"])
def protocol(request: HttpRequest, **_: str) -> HttpResponseBase:
    asked = Request(
        method=request.method or "GET",
        path=request.path_info,
        query=request.META.get("QUERY_STRING", ""),
        headers={name.lower(): value for name, value in request.headers.items()},
        address=request.META.get("REMOTE_ADDR", ""),
        origin=f"{request.scheme}://{request.get_host()}",
    )
    try:
        found, call = serving.admit(asked)
        if found.takes_file is not None:
            with uploads.Staged() as staged:
                while piece := request.read(files.PIECE):
                    staged.write(piece)
                return _response(serving.answer(asked, b"", (found, call), staged.close()), asked)
        body = request.read(serving.LARGEST_JSON + 1)
        if len(body) > serving.LARGEST_JSON:
            raise serving.too_large(serving.LARGEST_JSON)
        said = serving.answer(asked, body, (found, call))
    except Exception as error:  # noqa: BLE001 - as in `serving.answer`
        said = serving.failure(error, asked)
    return _response(said, asked)


def _response(said: Answer, asked: Request) -> HttpResponseBase:
    if said.file is None:
        return HttpResponse(said.body, status=said.status, content_type=said.content_type, headers=said.headers)
    status, first, length = files.part(said.file, asked.headers.get("range"))
    response = StreamingHttpResponse(
        files.pieces(said.file, first, length), status=status, content_type=said.content_type
    )
    for name, value in files.headers(said.file, status, first, length).items():
        response[name] = value
    return response
