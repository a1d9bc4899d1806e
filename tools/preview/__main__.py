"""`python -m tools.preview`: show site and chat on CHAT_PORT, and every page again as soon as it is saved.

The chat is the real one, on the same origin. Should the data files be broken when the preview starts, it says so and
waits until they are mended.
"""

import os
import sys
from dataclasses import replace
from pathlib import Path

from watchfiles import watch

from chatservice.app import create_app, drain
from chatservice.commands.migrate import ensure_current
from chatservice.errors import ChatError
from chatservice.organisation import find_mistakes
from chatservice.server import serve
from chatservice.settings import Settings
from tools.preview.pages import add_panel
from tools.preview.workshop import Workshop
from tools.site_tasks import example_pin

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Run the preview until Ctrl-C; return the exit status."""
    os.chdir(ROOT)
    try:
        settings = Settings.from_environment(os.environ)
        pin = example_pin(settings)
        ensure_current(settings)
        _wait_for_data_files(settings.content_dir)
        workshop = Workshop(settings.content_dir, settings.data_dir.resolve() / "preview", pin)
        app = create_app(replace(settings, site_dir=workshop.folder))
        add_panel(app, workshop)
        print("Förhandsvisning: sidan visas på nytt när du sparar. Ctrl-C avslutar.", flush=True)
        serve(settings, app, drain=lambda: drain(app))
    except ChatError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


def _wait_for_data_files(content: Path) -> None:
    mistakes = find_mistakes(content)
    if not mistakes:
        return
    _say(mistakes)
    for _ in watch(content / "data"):
        if not (mistakes := find_mistakes(content)):
            return
        _say(mistakes)


def _say(mistakes: tuple[object, ...]) -> None:
    print("\n".join(f"FEL  {mistake}" for mistake in mistakes), file=sys.stderr)
    print("Rätta och spara, så fortsätter förhandsvisningen.", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
