from django.urls import path

from registry.workspaces import api

urlpatterns = [
    path("workspaces", api.Workspaces.as_view()),
    path("w/<slug:workspace>", api.OneWorkspace.as_view()),
    path("w/<slug:workspace>/members", api.Members.as_view()),
    path("w/<slug:workspace>/members/<int:user_id>", api.Member.as_view()),
]
