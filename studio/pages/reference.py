"""The reference of the REST API, made from the code: an OpenAPI document and a page to read and try it."""

from django.contrib.auth.decorators import login_required
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

schema = SpectacularAPIView.as_view()

# The split view keeps its script in an answer of its own: the studio's pages allow no inline script.
docs = login_required(SpectacularSwaggerSplitView.as_view(url_name="schema", template_name="reference.html"))
