"""Addresses of data, below /api/v1/. `names.RESERVED` keeps assets from being called like an address."""

from django.urls import path

from registry.data import api

DATA = "w/<slug:workspace>/data"
UPLOAD = f"{DATA}/uploads/<uuid:upload_id>"
VERSION = f"{DATA}/<str:name>/versions/<int:number>"

urlpatterns = [
    path(DATA, api.Assets.as_view(), name="api-data"),
    path(f"{DATA}/uploads", api.Uploads.as_view(), name="api-uploads"),
    path(UPLOAD, api.OneUpload.as_view(), name="api-upload"),
    path(f"{UPLOAD}/options", api.UploadOptions.as_view(), name="api-upload-options"),
    path(f"{UPLOAD}/import", api.Import.as_view(), name="api-upload-import"),
    path(f"{DATA}/<str:name>", api.OneAsset.as_view(), name="api-asset"),
    path(f"{DATA}/<str:name>/versions", api.Versions.as_view(), name="api-versions"),
    path(VERSION, api.Version.as_view(), name="api-version"),
    path(f"{VERSION}/rows", api.Rows.as_view(), name="api-version-rows"),
    path(f"{VERSION}/profile", api.Profile.as_view(), name="api-version-profile"),
    path(f"{VERSION}/download", api.Download.as_view(), name="api-version-download"),
]
