from django.urls import path

from registry.accounts import api

urlpatterns = [
    path("me", api.Me.as_view()),
    path("me/tokens", api.Tokens.as_view()),
    path("me/tokens/<int:token_id>", api.Token.as_view()),
]
