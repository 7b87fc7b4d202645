"""Our own rules that no linter knows (style.md)."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "forum", "moderation", "webinars", "demo")
TEMPLATES = sorted([*(ROOT / "templates").rglob("*.html"), *ROOT.glob("*/jinja2/**/*.html")])
PARTIALS = [template for template in TEMPLATES if {"partials", "components", "jinja2"} & set(template.parts)]

# Kept as HTML that ``accounts.markdown`` sanitised when it was written.
SANITISED_WHEN_WRITTEN = {
    "answer.html",
    "asked.post.html",
    "material.html",
    "one.answer.html",
    "other.html",
    "post.html",
    "revision.html",
    "translation.html",
}

METHODS = {"require_GET", "require_POST", "require_safe", "require_http_methods", "public_page"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    """Return a module's public functions."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def decorators(function: ast.FunctionDef) -> set[str]:
    names = set()
    for decorator in function.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        names.add(target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", ""))
    return names


def parameters(function: ast.FunctionDef) -> list[str]:
    arguments = function.args
    return [argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]


SERVICES = sorted(path for app in APPS for path in (ROOT / app).glob("services/*.py"))
READS = sorted(
    path
    for app in APPS
    for pattern in ("queries.py", "queries/*.py", "policies.py", "policies/*.py")
    for path in (ROOT / app).glob(pattern)
    if path.name != "__init__.py"
)
VIEWS = sorted(path for app in APPS for path in [*(ROOT / app).glob("views.py"), *(ROOT / app).glob("views/*.py")])


@pytest.mark.parametrize("path", [*SERVICES, *READS], ids=name_of)
def test_a_service_a_query_and_a_policy_say_what_they_do(path):
    silent = []
    for function in functions(path):
        text = ast.get_docstring(function) or ""
        if not text or (len(parameters(function)) > 2 and "Args:" not in text):
            silent.append(function.name)

    assert silent == []


@pytest.mark.parametrize("path", VIEWS, ids=name_of)
def test_a_view_says_which_methods_it_answers(path):
    def is_view(function: ast.FunctionDef) -> bool:
        returns = ast.unparse(function.returns) if function.returns else ""
        return parameters(function)[:1] == ["request"] and "HttpResponse" in returns

    helpers = {"render_discussion", "csrf_failure"}
    views = [function for function in functions(path) if is_view(function) and function.name not in helpers]

    assert [view.name for view in views if not METHODS & decorators(view)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_trusts_no_text_and_keeps_to_the_policy(path):
    text = path.read_text()

    assert set(re.findall(r"([\w.]+)\s*\|\s*safe\b", text)) <= SANITISED_WHEN_WRITTEN
    assert "{% autoescape off" not in text
    assert re.findall(r"\sstyle=|\son[a-z]+=|\shx-on|<style|<script(?![^>]*\ssrc=)", text) == []


@pytest.mark.parametrize("path", PARTIALS, ids=name_of)
def test_a_partial_begins_with_what_it_takes(path):
    lines = [line for line in path.read_text().splitlines() if not line.startswith("{% load")]

    assert re.match(r"\{# .+ (Takes: .+|Takes nothing\.)", lines[0])


@pytest.mark.parametrize("path", sorted((ROOT / "static" / "css").rglob("*.css")), ids=name_of)
def test_a_stylesheet_has_logical_directions(path):
    physical = re.compile(
        r"^\s*(?:(?:margin|padding|border|inset)-(?:left|right)[\w-]*|left|right|border-(?:top|bottom)-(?:left|right)-radius"
        r"|(?:text-align|float|clear):\s*(?:left|right))\s*[:;]",
        re.MULTILINE,
    )

    assert physical.findall(re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)) == []


def test_the_secretariat_has_a_window_on_every_model():
    ours = {model for app in APPS if apps.is_installed(app) for model in apps.get_app_config(app).get_models()}

    assert sorted(model.__name__ for model in ours if not admin.site.is_registered(model)) == []


def test_nothing_names_what_lies_outside_the_repository():
    files = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    outside = re.compile("|".join(["[.]{2}/shared", "/work/[a-z]", "pypi[.]org", "python[h]osted", "registry[.]npmjs"]))

    found = []
    for file in files:
        path = ROOT / file
        if (
            path.suffix in {".py", ".md", ".toml", ".txt", ".in", ".html", ".css", ".js", ".yml", ".csv", ".po", ""}
            and path.is_file()
        ):
            found += [file for line in path.read_text(errors="replace").splitlines() if outside.search(line)]

    assert sorted(set(found)) == []
