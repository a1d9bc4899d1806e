"""The opening hours for machines: schema.org as JSON-LD, from the same facts as the table.

Gives plain data; a template writes it into an inert <script type="application/ld+json">, which no browser runs. Knows
the vocabulary (https://schema.org/OpeningHoursSpecification); does not know what an opening is, nor any page.
"""

from collections.abc import Iterable
from typing import Any

from chatservice.domain.opening_hours import Schedule, Window
from chatservice.organisation import Organisation

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CHAT_PATH = "/chatt/"
EXAMPLE = "Exempel: tiderna är påhittade tills de riktiga är bestämda."


def opening_data(organisation: Organisation, schedule: Schedule) -> dict[str, Any]:
    """Describe the organisation, its chat and when the chat is planned to be open.

    Of two specifications that hold on a day, search engines follow the one with dates: the exception. A closing time
    before the opening time lies on the following day; a closed day opens and closes at 00:00.
    """
    hours = [
        {"dayOfWeek": DAYS[index], **_times(window)}
        for index, windows in enumerate(schedule.week.days)
        for window in windows
    ]
    for exception in schedule.exceptions:
        day = {"validFrom": exception.date.isoformat(), "validThrough": exception.date.isoformat()}
        hours += [{**day, **times, "name": exception.reason} for times in _all_times(exception.windows)]
    note = {"description": EXAMPLE} if schedule.example else {}
    return {
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": organisation.name,
        "url": f"{organisation.website}/",
        "description": organisation.description,
        "contactPoint": {
            "@type": "ContactPoint",
            "contactType": organisation.tagline or organisation.name,
            "url": f"{organisation.website}{CHAT_PATH}",
            "availableLanguage": organisation.languages[0],
            "hoursAvailable": [{"@type": "OpeningHoursSpecification", **hour, **note} for hour in hours],
        },
    }


def _all_times(windows: Iterable[Window]) -> list[dict[str, str]]:
    return [_times(window) for window in windows] or [{"opens": "00:00", "closes": "00:00"}]


def _times(window: Window) -> dict[str, str]:
    """Write a window; one that ends at midnight ends a minute before, since 00:00 would mean that it never opened."""
    closes = "23:59" if window.end_minute == 24 * 60 else f"{window.end:%H:%M}"
    return {"opens": f"{window.start:%H:%M}", "closes": closes}
