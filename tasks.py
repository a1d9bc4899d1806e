"""Every command of the project: `python3 tasks.py start`, `python3 tasks.py test`, `python3 tasks.py --list`.

Only the standard library is imported until `.venv` exists and matches `requirements.lock`; then the file starts itself
again inside `.venv` and hands over to Invoke (there, `inv start` works as well). What a task does stands in `tools/`;
this file only says which tasks there are. It is written so that an old Python can read it and say what is missing.
"""
# Invoke's decorators carry no types:
# pyright: reportUntypedFunctionDecorator=false, reportUnknownVariableType=false

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "Python 3.11 eller nyare behövs (det här är %d.%d). "
        % sys.version_info[:2]
        + "Debian 12 och Ubuntu 24.04 har det redan; annars: installera det och kör till exempel "
        "python3.12 tasks.py start"
    )

from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))

from tools import environment

if __name__ == "__main__":
    environment.enter(ROOT, sys.argv)

from invoke.collection import Collection
from invoke.context import Context
from invoke.program import Program
from invoke.tasks import task


@task
def start(_context: Context) -> None:
    """Förbered allt och starta webbplats och chatt på http://localhost:8000."""
    from tools import start

    start.run(ROOT)


@task
def check(_context: Context) -> None:
    """Granska innehållet: varje fel med fil, rad och vad man gör åt det."""
    from tools import site_tasks

    sys.exit(site_tasks.check(ROOT))


@task
def build(_context: Context) -> None:
    """Granska innehållet och bygg webbplatsen till output/, om något har ändrats."""
    from tools import site_tasks

    site_tasks.build(ROOT)


@task
def serve(_context: Context) -> None:
    """Förhandsvisa: det du sparar syns i webbläsaren inom en sekund, med felen på sidan (för redaktörer)."""
    from tools import site_tasks

    site_tasks.serve(ROOT)


@task
def publish(_context: Context) -> None:
    """Bygg webbplatsen för skarp drift; vägra om något är exempel eller fel."""
    from tools import site_tasks

    site_tasks.publish(ROOT)


@task
def undo(_context: Context) -> None:
    """Ta tillbaka den senaste publiceringen: webbplatsen blir som den var innan."""
    from tools import site_tasks

    site_tasks.undo(ROOT)


@task
def clean(_context: Context) -> None:
    """Ta bort det som byggts och mellanlagrats, men inte miljön och inte var/."""
    from tools import site_tasks

    site_tasks.clean(ROOT)


@task(
    help={
        "only": "bara en del: checks, js, python eller browser (flera med komma)",
        "k": "bara de Python-prov vars namn passar uttrycket (som i pytest -k)",
    }
)
def test(_context: Context, only: str = "", k: str = "") -> None:
    """Installera det som proven behöver och kör alla prov."""
    from tools import test_run

    environment.install_development(ROOT)
    sys.exit(test_run.run(ROOT, only=only, matching=k))


@task(
    help={
        "only": "bara sidor vars adress innehåller detta, till exempel /chatt/",
        "webkit": "bara ett samtal i WebKit, utan att mäta någon sida",
    }
)
def quality(_context: Context, only: str = "", webkit: bool = False) -> None:
    """Mät varje sida: Lighthouse, uppmärkning, vikt och tredje parter, i en tabell; och för ett samtal i WebKit."""
    from tools.page_quality import run

    environment.install_development(ROOT)
    sys.exit(run.run(ROOT, only=only, conversation_only=webkit))


@task(
    help={
        "rehearse": "gå bara igenom alla steg, utan att spela in",
        "captions": "skriv bara om textningen",
        "voice": "lägg till en uppläst röst (espeak-ng); annars är filmen tyst",
    }
)
def film(_context: Context, rehearse: bool = False, captions: bool = False, voice: bool = False) -> None:
    """Gör filmen ”Så chattar du” till content/film, från de riktiga sidorna."""
    environment.install_development(ROOT)
    from tools.film import run

    sys.exit(run.run(ROOT, rehearse_only=rehearse, captions_only=captions, spoken=voice))


@task
def lint(_context: Context) -> None:
    """Granska stil, typer och importregler, utan att köra prov."""
    from tools import test_run

    environment.install_development(ROOT)
    sys.exit(test_run.run(ROOT, only="checks"))


@task(name="format")
def format_(_context: Context) -> None:
    """Formatera Python, JavaScript och CSS."""
    from tools import test_run

    environment.install_development(ROOT)
    sys.exit(test_run.reformat(ROOT))


if __name__ == "__main__":
    program = Program(namespace=Collection.from_module(sys.modules[__name__]), name="tasks.py")
    program.run(["tasks.py", *sys.argv[1:]])
