"""Rules for the film: its cues can be read, and its files are those of the cues."""

from pathlib import Path

from tools.content_check.findings import Findings
from tools.film.cues import DATA_FILE, read_film
from tools.film.made_film import FOLDER, REMAKE, files_of, film_mistakes


def check_film(content_dir: Path, languages: tuple[str, ...], findings: Findings) -> None:
    """Refuse cues that cannot be used, and captions or a film made of other ones. A film not made yet is advice."""
    film, mistakes = read_film(content_dir, languages)
    findings.errors += mistakes
    if film is None or mistakes:
        return
    missing = files_of(film, content_dir).missing
    if missing:
        what = f"I {FOLDER}/ fattas {', '.join(path.name for path in missing)}, så filmen visas inte."
        findings.advise(f"{content_dir.name}/data/{DATA_FILE}", 1, what, f"{REMAKE}.")
    else:
        findings.errors += film_mistakes(film, content_dir)
