"""Rules for what browsers run: nothing that turns text into code, nothing from anybody else."""

import re

from tests.structure.project_files import own_files, text_of

TEXT_INTO_CODE = re.compile(
    r"\binnerHTML\b|\bouterHTML\b|insertAdjacentHTML|document\.write|\beval\(|new Function\(|\.srcdoc\b|setHTMLUnsafe"
    r"|createContextualFragment|DOMParser|javascript:"
)
REMEMBERING = re.compile(r"document\.cookie|\blocalStorage\.|\bindexedDB\b")
FOREIGN_HOST = re.compile(r"""["'(\s](?:https?:)?//(?!\s)([a-z0-9-]+(?:\.[a-z0-9-]+)+)""", re.IGNORECASE)
# Names of vocabularies, which no browser ever fetches; and the places for examples.
NAMES_ONLY = {"www.w3.org", "schema.org", "www.sitemaps.org", "example.org", "127.0.0.1"}
# The mentor's key lasts between shifts and cannot be exported: the one thing that a browser keeps (docs/protocol.md).
MAY_REMEMBER = re.compile(r"theme/static/js/.*(mentor|key|remember|store|storage)[^/]*\.js$")
INLINE = re.compile(
    r"<style[\s>]|\sstyle\s*=\s*[\"']|\son[a-z]+\s*=\s*[\"']|<script(?![^>]*\bsrc=)(?![^>]*application/ld\+json)",
    re.IGNORECASE,
)


def test_no_module_turns_text_into_markup_or_code() -> None:
    found = {
        path: match[0]
        for path in own_files(".js", under="theme/")
        if (match := TEXT_INTO_CODE.search(text_of(path)))
    }

    assert found == {}


def test_no_module_remembers_anything_about_a_visitor() -> None:
    found = {
        path: match[0]
        for path in own_files(".js", under="theme/")
        if not MAY_REMEMBER.search(path) and (match := REMEMBERING.search(text_of(path)))
    }

    assert found == {}


def test_nothing_that_is_served_comes_from_another_host() -> None:
    served = [
        *own_files(".js", ".css", ".html", ".svg", ".json", under="theme/"),
        *own_files(".html", under="chatservice/"),
    ]
    found = {
        path: {host for host in FOREIGN_HOST.findall(text_of(path)) if host not in NAMES_ONLY}
        for path in served
    }

    assert {path: hosts for path, hosts in found.items() if hosts} == {}


def test_templates_hold_no_inline_script_and_no_inline_style() -> None:
    templates = [
        *own_files(".html", under="theme/templates/"),
        *own_files(".html", under="chatservice/templates/"),
    ]
    found = {
        path: match[0]
        for path in templates
        if (match := INLINE.search(re.sub(r"\{#.*?#\}", "", text_of(path), flags=re.DOTALL)))
    }

    assert templates
    assert found == {}


def test_only_the_text_of_a_page_is_trusted_as_markup() -> None:
    site = "".join(text_of(path) for path in own_files(".html", under="theme/templates/"))
    service = "".join(text_of(path) for path in own_files(".html", under="chatservice/templates/"))
    trusted = set(re.findall(r"([\w.]+)\s*\|\s*safe\b", site))

    assert trusted == {"page.content"}
    assert re.findall(r"\|\s*safe\b", service) == []
    assert re.findall(r"autoescape\s+false", site + service) == []


def test_stylesheets_never_shout() -> None:
    assert [path for path in own_files(".css", under="theme/") if "!important" in text_of(path)] == []
