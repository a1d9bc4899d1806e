"""The language of a page that the service makes: what its address says, `/mentor/?language=en`.

No cookie and no setting of the browser is asked, so that nothing is kept and the same address is the same page for
everybody. Knows addresses; the words themselves come from theming.py. Templates carry the language on with
`service_url()`, views with `in_current_language`.
"""

from typing import Any, cast

from quart import Quart, current_app, request

from chatservice import theming
from chatservice.organisation import Organisation

_EXTENSION = "languages"


def register_languages(app: Quart, organisation: Organisation) -> None:
    """Let every template of the app speak the language that was asked for, and link to the other ones."""
    app.extensions[_EXTENSION] = organisation
    app.context_processor(_names_for_templates)


def N_(sentence: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark a Swedish sentence for translation where it is written; a template says it with `_()`."""
    return sentence


def current_language() -> str:
    """Return the language of this request: the one asked for, that of an address like /en/…, or the main one."""
    languages = _organisation().languages
    asked = request.args.get(theming.LANGUAGE_PARAMETER) or request.path.split("/")[1]
    return asked if asked in languages else languages[0]


def in_current_language(path: str) -> str:
    """Give the address of a service page in the language of this request."""
    return theming.in_language(path, current_language(), _organisation())


def _names_for_templates() -> dict[str, Any]:
    rule = request.url_rule
    # An address with something of the reader's in it is not said again in a link.
    versions = (
        {code: theming.in_language(rule.rule, code, _organisation()) for code in _organisation().languages}
        if rule is not None and "<" not in rule.rule
        else {}
    )
    return {"language": current_language(), "versions": versions}


def _organisation() -> Organisation:
    return cast("Organisation", current_app.extensions[_EXTENSION])
