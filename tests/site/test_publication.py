"""Publishing in one step and taking it back: nothing to go back to, killed at any step, and the ordinary way."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.site.content_folder import make_content, write_page
from tools.publication import KEPT, NothingEarlierError, Publication, Stamp
from tools.site_build import BuildFailed, build_site, undo

# Publishes, or takes back, in a process that kills itself just before one of its file operations.
KILLED = """
import os, shutil, signal, sys
from pathlib import Path
from tools import publication

output, step, act = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
if len(sys.argv) > 4:
    publication._exchange_in_one_step = lambda one, other: False
steps = 0

def dying(function):
    def act_or_die(*arguments, **options):
        global steps
        steps += 1
        if steps == step:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **options)
    return act_or_die

with publication.Publication(output) as site:
    (site.folder / "index.html").write_text("fresh")
    for owner, name in ((Path, "rename"), (Path, "replace"), (Path, "write_text"), (shutil, "rmtree")):
        setattr(owner, name, dying(getattr(owner, name)))
    publication._exchange_in_one_step = dying(publication._exchange_in_one_step)
    site.publish("fresh") if act == "publish" else site.undo()
print("done", steps)
"""

# Put on the path of every process of a publication: Pelican begins when somebody has opened the pipe and closed it.
PELICAN_WAITS = """
import sys
from pathlib import Path

if "pelican" in sys.orig_argv:
    (Path(__file__).parent / "go_on").open().read()
"""


def publish(output: Path, words: str, keep: int = KEPT) -> None:
    with Publication(output, keep) as publication:
        (publication.folder / "index.html").write_text(words)
        publication.publish(words)


def take_back(output: Path) -> None:
    with Publication(output) as publication:
        publication.undo()


def shown(output: Path) -> str:
    return (output / "index.html").read_text()


def kept(output: Path) -> list[str]:
    folders = sorted(path for path in output.with_name("output.versions").iterdir() if path.is_dir())
    return [shown(folder) for folder in folders]


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "output"


def test_there_is_nothing_to_go_back_to_at_first(output: Path):
    publish(output, "one")

    with pytest.raises(NothingEarlierError):
        take_back(output)

    assert shown(output) == "one"


def test_undo_goes_back_one_at_a_time_and_a_bounded_number_is_kept(output: Path):
    for words in ("one", "two", "three", "four", "five", "six"):
        publish(output, words)
    assert kept(output) == ["three", "four", "five"]

    seen: list[str] = []
    for _ in range(KEPT):
        take_back(output)
        seen.append(shown(output))

    assert seen == ["five", "four", "three"]
    assert kept(output) == []
    publish(output, "seven")
    assert (shown(output), kept(output)) == ("seven", ["three"])


def test_a_site_that_fails_leaves_the_old_one_and_nothing_beside_it(output: Path):
    publish(output, "one")

    with pytest.raises(RuntimeError), Publication(output) as publication:
        (publication.folder / "index.html").write_text("half")
        raise RuntimeError

    assert (shown(output), kept(output)) == ("one", [])


def test_a_folder_that_was_filled_by_hand_is_replaced_and_its_history_stays(output: Path):
    publish(output, "one")
    publish(output, "two")
    (output / ".build-stamp").unlink()

    publish(output, "three")

    assert (shown(output), kept(output)) == ("three", ["one"])
    take_back(output)
    assert shown(output) == "one"


@pytest.mark.parametrize("system", ["in one step", "in three steps"])
@pytest.mark.parametrize("act", ["publish", "undo"])
def test_killed_before_any_step_there_is_a_whole_site_and_the_next_publication_works(
    act: str, system: str, output: Path, project: Path
):
    survived = False
    for step in range(1, 16):
        home = output.with_name(f"home-{step}") / "output"
        publish(home, "one")
        publish(home, "two")
        command = [sys.executable, "-c", KILLED, str(home), str(step), act]
        command += [] if system == "in one step" else ["slow"]

        done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, timeout=120)

        survived = done.returncode == 0
        if not survived:
            assert done.returncode == -signal.SIGKILL, done.stderr
        if system == "in one step" or survived:
            assert shown(home) in {"one", "two", "fresh"}
        with Publication(home):
            before = shown(home)
        earlier = ["one", "two", "fresh"][: ["one", "two", "fresh"].index(before)]
        assert kept(home) == earlier
        publish(home, "next")
        assert (shown(home), kept(home)) == ("next", [*earlier, before])
        if survived:
            break
    assert survived, "more steps than were tried"


def test_a_reader_meets_a_whole_site_at_every_moment(output: Path):
    publish(output, "one")
    missed: list[str] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                shown(output)
            except FileNotFoundError as error:
                missed.append(str(error))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(100):
            publish(output, str(number))
            if number % 3 == 0:
                take_back(output)
    finally:
        done.set()
        reader.join(60)

    assert missed == []


def test_two_publications_at_once_come_one_after_the_other(output: Path):
    publish(output, "one")
    threads = [threading.Thread(target=publish, args=(output, str(number))) for number in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len({shown(output), *kept(output)}) == KEPT + 1
    stamp = Stamp.read(output)
    assert stamp is not None
    assert stamp.serial == 9


def test_a_publisher_killed_while_pelican_works_leaves_the_old_site(tmp_path: Path, project: Path):
    content, output = make_content(tmp_path / "content", project), tmp_path / "output"
    build_site(output, content=content)
    write_page(content, "index.md", "Nytt.\n")
    slow = tmp_path / "slow"
    slow.mkdir()
    os.mkfifo(slow / "go_on")
    (slow / "sitecustomize.py").write_text(PELICAN_WAITS, "utf-8")
    program = (
        "import sys; from pathlib import Path; from tools.site_build import build_site; "
        "build_site(Path(sys.argv[1]), content=Path(sys.argv[2]))"
    )

    building = subprocess.Popen(
        [sys.executable, "-c", program, str(output), str(content)],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(slow)},
    )
    with (slow / "go_on").open("w"):  # opens when Pelican is there to be told; it goes on when this is closed
        building.kill()
        building.wait(60)

    assert "Hej." in shown(output)
    assert build_site(output, content=content) is True
    assert "Nytt." in shown(output)
    undo(output)
    assert "Hej." in shown(output)


def test_what_was_taken_back_is_not_published_again_unasked(tmp_path: Path, project: Path):
    content, output = make_content(tmp_path / "content", project), tmp_path / "output"
    build_site(output, content=content)
    with pytest.raises(BuildFailed, match="ingen tidigare version"):
        undo(output)
    write_page(content, "index.md", "Fel.\n")
    build_site(output, content=content)

    undo(output)

    assert build_site(output, content=content, respect_undo=True) is False
    assert "Hej." in shown(output)
    write_page(content, "index.md", "Rätt.\n")
    assert build_site(output, content=content, respect_undo=True) is True
    assert "Rätt." in shown(output)
