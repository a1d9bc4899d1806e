"""The panel on the preview's pages: an open page learns that it has become another one, also when that was just now."""

from typing import cast

from quart import Quart

from tools.preview.pages import add_panel
from tools.preview.workshop import Workshop


class Site:
    """Stands in for the workshop: one page, built anew by whoever raises the number."""

    number = 1

    def version_of(self, path: str) -> str:
        """Name what the page shows now."""
        return str(self.number)


async def test_a_page_that_is_built_anew_while_it_is_read_is_shown_once_more() -> None:
    app, site = Quart(__name__), Site()
    add_panel(app, cast("Workshop", site))

    @app.get("/sida/")
    async def page() -> str:  # pyright: ignore[reportUnusedFunction]
        site.number += 1
        return "<body>Som det var.</body>"

    shown = await app.test_client().get("/sida/")

    assert 'data-preview-version="1"' in await shown.get_data(as_text=True)
