"""What site and service share when they render: addresses of files, sentences, the table of opening hours."""

import os
import re
from datetime import date, time
from pathlib import Path

import pytest
from jinja2 import Environment
from markupsafe import escape

from chatservice import organisation, theming
from chatservice.domain.opening_hours import DatedException, Schedule, Week, Window

EVENING = Window.between(time(19), time(22))


def environment(project: Path, **overrides: object) -> Environment:
    env = Environment(**theming.environment_options())  # noqa: S701 (the options switch it on)
    content = project / "content"
    theming.install(
        env,
        organisation=organisation.load_organisation(content),
        schedule=organisation.load_opening_hours(content),
        help_numbers=organisation.load_help(content),
        navigation=organisation.load_navigation(content),
        asset_root=None,
    )
    env.globals.update(overrides)
    return env


def test_a_changed_file_gets_a_new_address_and_an_unchanged_one_keeps_it(tmp_path: Path):
    file = tmp_path / "js" / "site.js"
    file.parent.mkdir()
    file.write_text("one")
    assets = theming.Assets(tmp_path)

    first, again = assets.address("js/site.js"), assets.address("js/site.js")
    file.write_text("two!")
    os.utime(file, ns=(1, 1))
    changed = assets.address("js/site.js")

    assert re.fullmatch(r"/theme/js/site\.js\?v=[0-9a-f]{8}", first)
    assert again == first
    assert re.fullmatch(r"/theme/js/site\.js\?v=[0-9a-f]{8}", changed)
    assert changed != first


def test_a_file_that_is_not_there_yet_has_its_plain_address(tmp_path: Path):
    assert theming.Assets(tmp_path).address("css/site.css") == "/theme/css/site.css"
    assert theming.Assets(None).address("css/site.css") == "/theme/css/site.css"


def test_a_built_file_has_the_address_that_its_published_copy_will_have(tmp_path: Path):
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "site.css").write_bytes(b"body{}")

    made = theming.Assets(None, {"css/site.css": b"body{}"}).address("css/site.css")

    assert made == theming.Assets(tmp_path).address("css/site.css")


def test_values_in_a_sentence_are_filled_in_and_escaped(project: Path):
    env = environment(project)

    said = env.from_string("""{{ _("Öppnar kl. %(time)s", time="<b>") }} {{ _("100 %") }}""").render()

    assert said == f"Öppnar kl. {escape('<b>')} 100 %"


def test_a_sentence_without_a_translation_is_said_in_swedish(project: Path):
    assert (
        theming.translate("Finns ingen översättning av detta.", "en") == "Finns ingen översättning av detta."
    )
    assert (
        environment(project, language="en").from_string('{{ _("Hej då, språk") }}').render()
        == "Hej då, språk"
    )


def test_the_table_has_seven_days_and_the_exceptions_in_order_of_date():
    schedule = Schedule(
        Week(((EVENING,), *((),) * 6)),
        (DatedException(date(2027, 1, 1), (EVENING,), "Nyår"), DatedException(date(2026, 12, 24), (), "Jul")),
    )

    table = theming.opening_table(schedule)

    assert [(row.day, row.hours) for row in table.week][:2] == [
        ("Måndag", "19.00–22.00"),
        ("Tisdag", "Stängt"),
    ]
    assert len(table.week) == 7
    assert [(row.day, row.hours, row.reason) for row in table.exceptions] == [
        ("24 december 2026", "Stängt", "Jul"),
        ("1 januari 2027", "19.00–22.00", "Nyår"),
    ]


@pytest.mark.parametrize(("slug", "address"), [("", "/"), ("integritet", "/integritet/")])
def test_a_page_has_its_address(project: Path, slug: str, address: str):
    assert environment(project).from_string(f"{{{{ page_url('{slug}') }}}}").render() == address
