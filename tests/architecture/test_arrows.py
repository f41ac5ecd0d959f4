"""The architecture, checked: which way imports and foreign keys point, and what loads what."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("registry", "designer", "studio")


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)


def test_imports_point_down():
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"

    done = run("-c", code)

    assert done.returncode == 0, done.stdout + done.stderr


def heights() -> dict[str, int]:
    """How high each app stands, read from the import contracts: there is one truth."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = {contract["id"]: contract["layers"] for contract in contracts if contract["id"] in PACKAGES}
    found: dict[str, int] = {}
    for package in PACKAGES:
        for layer in reversed(layers[package]):
            height = len(found)
            found.update({f"{package}.{name.strip(' ()')}": height for name in layer.split("|")})
    return found


def test_foreign_keys_point_to_the_same_app_or_a_lower_one():
    known = heights()
    wrong = [
        f"{model.__name__}.{field.name} -> {field.related_model.__name__}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if (field.many_to_one or field.one_to_one or field.many_to_many) and not field.auto_created
        if (app := model._meta.app_config.name) in known
        if (target := field.related_model._meta.app_config.name) in known
        if target != app and known[target] >= known[app]
    ]

    assert wrong == []


def test_every_app_of_ours_has_a_height():
    ours = {config.name for config in apps.get_app_configs() if config.name.split(".")[0] in PACKAGES}

    assert ours - set(heights()) == set()


def test_the_migrations_say_what_the_models_say():
    done = run("manage.py", "makemigrations", "--check", "--dry-run")

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_settings_hold_together():
    done = run("manage.py", "check", "--fail-level", "WARNING")

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "module", ["studio.engine.step", "studio.frontend", "registry.storage", "designer.components.all", "designer.compiler.compile"]
)
def test_what_runs_in_children_loads_no_django(module):
    code = f"import sys, {module}; print([m for m in sys.modules if m.split('.')[0] in ('django', 'rest_framework')])"

    assert run("-c", code).stdout.strip() == "[]"


def test_the_web_process_loads_nothing_heavy():
    code = (
        "import sys, studio.asgi; from django.urls import get_resolver; get_resolver().url_patterns; "
        "print(sorted({m.split('.')[0] for m in sys.modules} "
        "& {'pandas', 'sklearn', 'torch', 'plotly', 'lightgbm', 'statsmodels', 'scipy', 'mlflow'}))"
    )

    assert run("-c", code).stdout.strip() == "[]"


def test_every_task_that_is_queued_by_name_exists_in_its_own_app():
    import ast

    from django.utils.module_loading import import_string

    for path in [p for package in PACKAGES for p in (ROOT / package).rglob("*.py")]:
        app = ".".join(path.relative_to(ROOT).parts[:2])
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and ".tasks." in node.value:
                name = node.value
                if " " not in name and name.split(".")[0] in PACKAGES:
                    assert callable(import_string(name)), f"{path}: {name}"
                    assert name.startswith(app), f"{path} queues a task of another app: {name}"


def test_ruff_finds_nothing():
    done = run("-m", "ruff", "check", ".")

    assert done.returncode == 0, done.stdout
