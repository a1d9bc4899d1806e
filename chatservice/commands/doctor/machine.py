"""The machine under the service: nothing of its memory may be written down, and its port must be the service's own.

Knows Linux' /proc; elsewhere there is nothing to look at. `proc` is another folder in tests.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from chatservice.commands.canary.places import serving_processes, swapped_kib
from chatservice.commands.doctor.findings import Finding, advice, good, wrong
from chatservice.settings import Settings

PROC: Final = Path("/proc")


def look_at_machine(settings: Settings, proc: Path = PROC) -> Iterator[Finding]:
    """Look at swap and core files, of the machine and of the running service."""
    if not (proc / "swaps").is_file():
        return
    yield from _swap(proc)
    yield from _core_files(proc)
    pids = serving_processes(settings.port, proc)
    if not pids:
        yield advice(
            f"Ingen process som lyssnar på port {settings.port} går att se: starta tjänsten, eller kör doctor som "
            "root, för att granska hur den kör."
        )
    for pid in pids:
        yield from _process(pid, proc)


def _swap(proc: Path) -> Iterator[Finding]:
    swaps = (proc / "swaps").read_text().splitlines()[1:]
    if not swaps:
        yield good("Datorn har inget växlingsminne.")
        return
    swappiness = (proc / "sys/vm/swappiness").read_text().strip()
    yield advice(
        f"Datorn har växlingsminne (vm.swappiness {swappiness}): kryptera det eller stäng av det med swapoff, så att "
        "minnet aldrig skrivs på disk."
    )


def _core_files(proc: Path) -> Iterator[Finding]:
    pattern = (proc / "sys/kernel/core_pattern").read_text().strip()
    if pattern in {"", "|/bin/false"}:
        yield good("Datorn sparar inga minnesbilder av program som kraschar.")
    else:
        yield advice(
            "Datorn sparar minnesbilder av program som kraschar (kernel.core_pattern): behåll LimitCORE=0 för "
            "tjänsten, eller sätt kernel.core_pattern till |/bin/false."
        )


def _process(pid: int, proc: Path) -> Iterator[Finding]:
    try:
        limits = (proc / str(pid) / "limits").read_text()
        swapped = swapped_kib(pid, proc)
    except OSError:
        return
    line = next((line for line in limits.splitlines() if line.startswith("Max core file size")), "")
    if line.split()[4:5] == ["0"]:
        yield good(f"Tjänsten (process {pid}) lämnar ingen minnesbild efter sig om den kraschar.")
    else:
        yield advice(
            f"Tjänsten (process {pid}) får lämna en minnesbild efter sig om den kraschar: sätt LimitCORE=0 i "
            "enhetsfilen, eller kör ulimit -c 0 före start."
        )
    if swapped:
        yield wrong(
            f"{swapped} KiB av tjänstens minne (process {pid}) ligger i växlingsminnet: sätt MemorySwapMax=0, stäng av "
            "växlingsminnet och starta om tjänsten."
        )
