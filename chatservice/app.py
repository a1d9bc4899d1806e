"""Puts the service together: the only module that knows every part.

`create_app(settings)` gives a Quart app; `server.py` runs it under Hypercorn. Read `web/visitor.py` next for the
journey of one message, or docs/architecture.md for all journeys.
"""

import asyncio
import gc
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Final

from jinja2 import ChoiceLoader, FileSystemLoader
from quart import Quart

from chatservice import theming
from chatservice.agreements import load_agreements, load_terms
from chatservice.inbox_key import public_inbox_key
from chatservice.keepers import (
    keep_cleared,
    keep_counts,
    keep_house,
    keep_records,
    keep_tidy,
    keep_together,
    write_counts,
)
from chatservice.meter import Meter, MeteredTally, keep_measuring_lag
from chatservice.notices import MailNotices
from chatservice.organisation import (
    load_help,
    load_navigation,
    load_opening_hours,
    load_organisation,
    load_phrases,
    load_referral_cards,
    with_example_pin,
)
from chatservice.organisation_key import OrganisationKey
from chatservice.records import open_records
from chatservice.settings import Settings
from chatservice.staff import make_desk
from chatservice.usecases.counting import HourlyTally
from chatservice.usecases.feedback import FeedbackDesk
from chatservice.usecases.hours import HoursDesk
from chatservice.usecases.letters import Inbox
from chatservice.usecases.tickets import TicketBook
from chatservice.vanishing import check_live_url, open_vanishing
from chatservice.web import (
    agreements,
    audit,
    blocking,
    certification,
    coordinator,
    health,
    hours,
    inbox,
    keys,
    latest_check,
    mentor,
    numbers,
    office,
    own_account,
    people,
    person,
    rota,
    shifts,
    talk_requests,
    visitor,
    welcome,
)
from chatservice.web.access import register_access
from chatservice.web.account import account_blueprint
from chatservice.web.contact import contact_blueprint
from chatservice.web.error_pages import register_error_pages
from chatservice.web.feedback import feedback_blueprint
from chatservice.web.freshness import freshness_blueprint
from chatservice.web.headers import register_headers
from chatservice.web.inside import inside_app
from chatservice.web.languages import register_languages
from chatservice.web.letter_limits import LetterLimits
from chatservice.web.parts import EXTENSION, Parts
from chatservice.web.passkeys import passkey_blueprint
from chatservice.web.path_numbers import register_path_numbers
from chatservice.web.session_watch import SessionWatch
from chatservice.web.sign_in_delay import SignInDelays
from chatservice.web.site import site_blueprint
from chatservice.web.status import status_blueprint

_PACKAGE: Final = Path(__file__).parent
_PROJECT: Final = _PACKAGE.parent
_LAST_SOCKETS_S: Final = 6.0
"""What open sockets have at the end for the last word and the answer to it."""


def create_app(settings: Settings) -> Quart:
    """Return the app for these settings. Raises `StartError` for data files or settings it cannot run with."""
    app = Quart(__name__, static_folder=None, template_folder=None)
    app.secret_key = settings.secret
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
    organisation = load_organisation(settings.content_dir)
    pinned = organisation.keys.pinned
    if settings.is_example:
        organisation = with_example_pin(organisation, _example_pin(settings))
    schedule = load_opening_hours(settings.content_dir)
    help_numbers = load_help(settings.content_dir)
    phrases = load_phrases(settings.content_dir)
    referral_cards = load_referral_cards(settings.content_dir)
    texts = load_agreements(settings.content_dir)
    terms = load_terms(settings.content_dir, texts)
    _prepare_templates(app)
    theming.install(
        app.jinja_env,
        organisation=organisation,
        schedule=schedule,
        help_numbers=help_numbers,
        navigation=load_navigation(settings.content_dir),
        asset_root=settings.site_dir / "theme" if settings.site_dir else None,
    )
    clock = settings.make_clock()
    inbox_key = public_inbox_key(settings, organisation.keys.inbox)
    notices = MailNotices(settings, organisation.short_name)
    tally = HourlyTally(clock, schedule.zone)
    meter = Meter()
    metered = MeteredTally(tally, meter)
    check_live_url(settings)
    draining = asyncio.Event()

    @app.while_serving
    async def run() -> AsyncGenerator[None]:  # pyright: ignore[reportUnusedFunction]
        async with open_records(settings) as records, open_vanishing(settings, clock, metered) as vanishing:
            live = vanishing.live
            staff = make_desk(
                settings,
                records,
                clock,
                pinned=pinned,
                challenges=vanishing.challenges,
                setups=vanishing.setups,
            )
            session_watch = SessionWatch(staff)
            app.extensions[EXTENSION] = Parts(
                settings=settings,
                clock=clock,
                records=records,
                staff=staff,
                live=live,
                tally=metered,
                lines=vanishing.lines,
                starts=vanishing.starts,
                organisation=organisation,
                schedule=schedule,
                hours=HoursDesk(schedule, records, clock),
                help_numbers=help_numbers,
                phrases=phrases,
                referral_cards=referral_cards,
                agreements=texts,
                terms=terms,
                tickets=TicketBook(settings.secret.encode()),
                settling=vanishing.settling,
                sign_in_delays=SignInDelays(vanishing.sign_in_failures, meter),
                letter_limits=LetterLimits(vanishing.letters),
                answer_limits=LetterLimits(vanishing.answers),
                draining=draining,
                session_watch=session_watch,
                inbox=Inbox(records.letters, clock, inbox_key, notices.announce) if inbox_key else None,
                feedback=FeedbackDesk(records.feedback, clock, inbox_key),
                meter=meter,
            )
            _tune_garbage_collection()
            async with asyncio.TaskGroup() as tasks:
                keepers = [
                    tasks.create_task(keeping)
                    for keeping in (
                        keep_house(live, vanishing.turns, settings),
                        keep_together(vanishing, app.extensions[EXTENSION].open_sockets),
                        keep_cleared(staff, terms, live, app.extensions[EXTENSION].returns),
                        keep_records(staff, schedule.zone),
                        keep_counts(tally, records, staff.failures),
                        notices.keep_sending(vanishing.notices, vanishing.turns),
                        session_watch.keep_looking(),
                        keep_tidy(meter),
                        keep_measuring_lag(meter),
                    )
                ]
                yield
                await app.extensions[EXTENSION].open_sockets.all_gone(within_s=_LAST_SOCKETS_S)
                for keeper in keepers:
                    keeper.cancel()
            await write_counts(tally, records, staff.failures)

    register_headers(app, settings)
    register_access(app, settings)
    register_error_pages(app)
    register_languages(app, organisation)
    register_path_numbers(app)
    for part in (
        visitor,
        mentor,
        coordinator,
        office,
        audit,
        numbers,
        people,
        person,
        blocking,
        inbox,
        keys,
        talk_requests,
        rota,
        shifts,
        health,
        hours,
        latest_check,
    ):
        app.register_blueprint(part.blueprint)
    app.register_blueprint(account_blueprint())
    app.register_blueprint(freshness_blueprint())
    app.register_blueprint(passkey_blueprint())
    app.register_blueprint(own_account.blueprint)
    app.register_blueprint(agreements.blueprint)
    app.register_blueprint(certification.blueprint)
    app.register_blueprint(welcome.blueprint)
    app.register_blueprint(contact_blueprint(settings.secret.encode(), clock))
    app.register_blueprint(feedback_blueprint())
    app.register_blueprint(
        status_blueprint(
            lambda: app.extensions[EXTENSION].opening_status(), lambda: app.extensions[EXTENSION].hours.now()
        )
    )
    if settings.site_dir is not None:
        app.register_blueprint(site_blueprint(settings.site_dir))
    return app


def make_inside_app(app: Quart) -> Quart:
    """Return the app that tells this machine's own programs how the service is."""
    return inside_app(lambda: app.extensions.get(EXTENSION))


async def drain(app: Quart) -> None:
    """Begin a planned restart: every socket hears it and closes with a code that means "come back"."""
    if EXTENSION in app.extensions:
        app.extensions[EXTENSION].draining.set()
        app.extensions[EXTENSION].open_sockets.restart()


def _example_pin(settings: Settings) -> str | None:
    file = settings.example_key_file
    return OrganisationKey.load(file).pin if file.is_file() else None


def _prepare_templates(app: Quart) -> None:
    """Let the service find its own templates and then the theme's, with the options that Pelican uses."""
    app.jinja_options = theming.environment_options()
    app.jinja_env.loader = ChoiceLoader(
        [FileSystemLoader(_PACKAGE / "templates"), FileSystemLoader(_PROJECT / "theme" / "templates")]
    )


def _tune_garbage_collection() -> None:
    """Look for cycles seldom, and never among what was made at the start.

    Measured: with the default settings the collector walks every open connection over and over, which halves the
    throughput at 2,000 conversations and takes the 99th percentile of delivery from 0.6 to 26 ms. So it looks at a
    thousand new objects at a time, for which everybody waits a millisecond, where ten thousand took ten; and once more
    at what came lately, because what sign-ins leave behind would pile up: 30 KiB a participant instead of 25. Through
    everything looks `keepers.keep_tidy` alone: that was a third of a second at 2,000 conversations.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(1_000, 5, 1_000_000)
