"""`serve`: start the service."""

import asyncio
import gc

from chatservice.commands.migrate import ensure_current
from chatservice.errors import StartError
from chatservice.organisation import load_organisation
from chatservice.settings import Settings


def run(settings: Settings) -> int:
    """Serve until told to end. Raises `StartError`."""
    from chatservice.app import create_app, drain, make_inside_app
    from chatservice.server import serve
    from chatservice.vanishing import check_live
    from chatservice.web.door import Door

    if not settings.is_example and not load_organisation(settings.content_dir).keys.pinned:
        raise StartError(
            "Ingen organisationsnyckel står i [keys] pinned i organisation.toml, och exempelnyckeln duger inte i skarp "
            "drift: gör en med python -m chatservice organisation-key new på en dator utan nät."
        )
    asyncio.run(check_live(settings))
    ensure_current(settings)
    app = create_app(settings)
    inside = make_inside_app(app) if settings.metrics_port else None
    # The command line lets nobody look for cycles until here, and nobody ever need look at what is here now.
    gc.freeze()
    gc.enable()
    serve(settings, app, inside=inside, door=Door(app), drain=lambda: drain(app))
    return 0
