"""`serve`: start the service."""

from chatservice.commands.migrate import ensure_current
from chatservice.settings import Settings


def run(settings: Settings) -> int:
    """Serve until told to end. Raises `StartError`."""
    from chatservice.app import create_app, drain
    from chatservice.server import serve

    ensure_current(settings)
    app = create_app(settings)
    serve(settings, app, drain=lambda: drain(app))
    return 0
