"""What waits for a coordinator to do: counts with the page where each is done, and never whose or what.

Whoever gives coordinators something to do adds its line here, and its words in templates/office_tasks.html.
"""

from dataclasses import dataclass

from chatservice.ports import LiveStore, Records
from chatservice.usecases.rota import RotaDesk, count_gaps


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do: its code, how many there are, and the page it is done on."""

    code: str
    count: int
    path: str


async def office_tasks(records: Records, live: LiveStore, rota: RotaDesk, *, ending: int = 0) -> list[Task]:
    """List what waits; what does not is left out. `ending` is how many certification items end soon."""
    tasks = [
        Task("keys", len(await records.certificates.requests()), "/samordnare/nycklar/"),
        Task("talk_wishes", len(await records.talk_requests.everything()), "/samordnare/inkorg/"),
        Task("gaps", await count_gaps(rota), "/samordnare/schema/"),
        Task("ending", ending, "/samordnare/personer/"),
        Task("letters", await records.letters.count(), "/samordnare/inkorg/"),
        Task("blocks", len(await live.blocks.in_force()), "/samordnare/inkorg/"),
    ]
    return [task for task in tasks if task.count]
