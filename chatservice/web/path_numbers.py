"""Numbers in addresses: no more digits than any database takes, so that a made-up one is a page that does not exist."""

from quart import Quart
from werkzeug.routing import IntegerConverter


class PathNumber(IntegerConverter):
    """A number of a row, as forms have it."""

    regex = r"\d{1,15}"


def register_path_numbers(app: Quart) -> None:
    """Let `<int:…>` in every rule mean such a number."""
    app.url_map.converters["int"] = PathNumber
