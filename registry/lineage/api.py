"""Where things come from, over REST."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.lineage import selectors
from registry.workspaces import access


class Lineage(APIView):
    @extend_schema(
        operation_id="lineage",
        responses=OpenApiTypes.OBJECT,
        parameters=[
            OpenApiParameter(
                "node",
                required=True,
                description="`run:<id>`, `data:<name>/<number>`, `dataset:<id>`, `model:<id>` or `version:<name>/<number>`.",
            )
        ],
    )
    def get(self, request: Request, workspace: str) -> Response:
        """A thing with what it came from and what became of it, one step in both directions: {root, nodes, edges}."""
        place = access.open_workspace(request.user, workspace, "runs.view")
        return Response(selectors.around(place, request.query_params.get("node", "")))
