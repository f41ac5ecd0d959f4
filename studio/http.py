"""Where errors meet HTTP: the API's exception handler, its paging, and the page middleware."""

from rest_framework.pagination import CursorPagination


class Cursor(CursorPagination):
    """Newest first; a page never counts the table."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "-id"
