"""Workspaces and their members."""

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.workspaces import access, selectors, services
from registry.workspaces.models import Membership, Role, Workspace


class WorkspaceOut(serializers.ModelSerializer):
    class Meta:
        model = Workspace
        fields = ["slug", "name", "description", "created_at"]


class WorkspaceIn(serializers.Serializer):
    name = serializers.CharField(max_length=80)
    description = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class MemberOut(serializers.ModelSerializer):
    user_id = serializers.IntegerField(read_only=True)
    username = serializers.CharField(source="user.username", read_only=True)
    full_name = serializers.CharField(source="user.get_full_name", read_only=True)

    class Meta:
        model = Membership
        fields = ["user_id", "username", "full_name", "role", "created_at"]


class MemberIn(serializers.Serializer):
    username = serializers.CharField(max_length=150)
    role = serializers.ChoiceField(choices=Role.choices)
    full_name = serializers.CharField(required=False, allow_blank=True, max_length=300)
    email = serializers.EmailField(required=False, allow_blank=True)


class MemberMade(MemberOut):
    invitation = serializers.CharField(
        help_text="For a new person: the secret of a one-time link, /sign-in/<secret>/. Shown this once. Else empty."
    )

    class Meta(MemberOut.Meta):
        fields = [*MemberOut.Meta.fields, "invitation"]


class RoleIn(serializers.Serializer):
    role = serializers.ChoiceField(choices=Role.choices)


class Workspaces(generics.ListAPIView):
    serializer_class = WorkspaceOut
    queryset = Workspace.objects.none()

    def get_queryset(self):
        return selectors.visible_to(self.request.user)

    @extend_schema(request=WorkspaceIn, responses={201: WorkspaceOut})
    def post(self, request: Request) -> Response:
        """Make a workspace; whoever makes it owns it."""
        made = services.create(by=request.user, **_checked(WorkspaceIn, request))
        return Response(WorkspaceOut(made).data, status=status.HTTP_201_CREATED)


class OneWorkspace(APIView):
    @extend_schema(tags=["workspaces"], responses=WorkspaceOut)
    def get(self, request: Request, workspace: str) -> Response:
        return Response(WorkspaceOut(access.open_workspace(request.user, workspace)).data)

    @extend_schema(tags=["workspaces"], request=WorkspaceIn, responses=WorkspaceOut)
    def patch(self, request: Request, workspace: str) -> Response:
        """Rename or describe it. The address stays."""
        opened = access.open_workspace(request.user, workspace, "workspace.manage")
        asked = _checked(WorkspaceIn, request, partial=True)
        return Response(WorkspaceOut(services.change(workspace=opened, by=request.user, **asked)).data)


class Members(generics.ListAPIView):
    serializer_class = MemberOut
    queryset = Membership.objects.none()

    def get_queryset(self):
        opened = access.open_workspace(self.request.user, self.kwargs["workspace"], "members.view")
        return selectors.members(opened)

    @extend_schema(request=MemberIn, responses={201: MemberMade})
    def post(self, request: Request, workspace: str) -> Response:
        """Add a person by name. Somebody new is created and gets a one-time invitation."""
        opened = access.open_workspace(request.user, workspace, "members.manage")
        member, secret = services.invite(workspace=opened, by=request.user, **_checked(MemberIn, request))
        return Response(MemberOut(member).data | {"invitation": secret}, status=status.HTTP_201_CREATED)


class Member(APIView):
    @extend_schema(request=RoleIn, responses=MemberOut)
    def patch(self, request: Request, workspace: str, user_id: int) -> Response:
        """Change a member's role. The last owner stays one."""
        opened = access.open_workspace(request.user, workspace, "members.manage")
        changed = services.change_role(workspace=opened, by=request.user, user_id=user_id, **_checked(RoleIn, request))
        return Response(MemberOut(changed).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, user_id: int) -> Response:
        """Take a person out; what they made stays. Anybody may leave by themselves."""
        opened = access.open_workspace(request.user, workspace)
        services.remove_member(workspace=opened, by=request.user, user_id=user_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _checked(kind: type[serializers.Serializer], request: Request, partial: bool = False) -> dict:
    asked = kind(data=request.data, partial=partial)
    asked.is_valid(raise_exception=True)
    return asked.validated_data
