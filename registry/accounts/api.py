"""The signed-in person and their tokens."""

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.accounts import services
from registry.accounts.models import ApiToken, User


class MeOut(serializers.ModelSerializer):
    full_name = serializers.CharField(source="get_full_name", read_only=True)

    class Meta:
        model = User
        fields = ["id", "username", "full_name", "email", "theme"]


class ThemeIn(serializers.Serializer):
    theme = serializers.ChoiceField(choices=User.Theme.choices)


class TokenOut(serializers.ModelSerializer):
    class Meta:
        model = ApiToken
        fields = ["id", "name", "prefix", "created_at", "last_used_at", "expires_at"]


class TokenIn(serializers.Serializer):
    name = serializers.CharField(max_length=80)
    days = serializers.IntegerField(required=False, min_value=1, max_value=3650, help_text="Absent: no end.")


class TokenMade(TokenOut):
    secret = serializers.CharField(help_text="Shown this once.")

    class Meta(TokenOut.Meta):
        fields = [*TokenOut.Meta.fields, "secret"]


class Me(APIView):
    @extend_schema(responses=MeOut)
    def get(self, request: Request) -> Response:
        """Who is asking."""
        return Response(MeOut(request.user).data)

    @extend_schema(request=ThemeIn, responses=MeOut)
    def patch(self, request: Request) -> Response:
        """Choose the theme."""
        asked = ThemeIn(data=request.data)
        asked.is_valid(raise_exception=True)
        services.set_theme(user=request.user, **asked.validated_data)
        request.user.refresh_from_db()
        return Response(MeOut(request.user).data)


class Tokens(generics.ListAPIView):
    serializer_class = TokenOut
    queryset = ApiToken.objects.none()

    def get_queryset(self):
        return ApiToken.objects.filter(user=self.request.user)

    @extend_schema(request=TokenIn, responses={201: TokenMade})
    def post(self, request: Request) -> Response:
        """Make a token. The secret is in this answer and nowhere else."""
        asked = TokenIn(data=request.data)
        asked.is_valid(raise_exception=True)
        token, secret = services.make_token(user=request.user, **asked.validated_data)
        return Response(TokenOut(token).data | {"secret": secret}, status=status.HTTP_201_CREATED)


class Token(APIView):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, token_id: int) -> Response:
        """Remove a token; from now on nobody gets in with it."""
        services.remove_token(user=request.user, token_id=token_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
