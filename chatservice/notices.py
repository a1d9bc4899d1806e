"""A mail to the coordinators that says one thing: there is something new in the inbox. Never what, and never from whom.

At most one in ten minutes, however many letters come. Off unless a mail server is set (CHAT_SMTP_*). Mail that cannot
be sent is told in the log and tried again with the next letter; no letter waits for it.
"""

import asyncio
import logging
import smtplib
from email.message import EmailMessage

from chatservice import mailing
from chatservice.errors import LiveStoreAwayError
from chatservice.ports import BriefMemory, Turns
from chatservice.settings import Settings

AT_MOST_EVERY_S = 600.0
_LIVE_STORE_AGAIN_S = 5.0
_NEWS = "news"

_log = logging.getLogger(__name__)


class MailNotices:
    """Sends the notice when `announce` was called; run `keep_sending` for as long as the service lives."""

    def __init__(
        self, settings: Settings, organisation: str, *, at_most_every_s: float = AT_MOST_EVERY_S
    ) -> None:
        self._settings = settings
        self._organisation = organisation
        self._at_most_every_s = at_most_every_s
        self._is_news = asyncio.Event()

    def announce(self) -> None:
        """Note that a letter has come. Returns at once."""
        self._is_news.set()

    async def keep_sending(self, notices: BriefMemory, turns: Turns) -> None:
        """Send a notice whenever there is news, until cancelled; nothing at all without a mail server.

        Several processes send one between them: `notices` holds that there is news, `turns` who may tell it.
        """
        while self._settings.smtp_host:
            await self._is_news.wait()
            self._is_news.clear()
            try:
                await notices.keep(_NEWS, _NEWS)
                while await notices.find(_NEWS) is not None:
                    if await turns.is_mine("notice", self._at_most_every_s) and await notices.take(_NEWS):
                        await self._try_to_send()
                    await asyncio.sleep(self._at_most_every_s)
            except LiveStoreAwayError:
                self._is_news.set()
                await asyncio.sleep(_LIVE_STORE_AGAIN_S)

    async def _try_to_send(self) -> None:
        try:
            await asyncio.to_thread(self._send)
        except (OSError, smtplib.SMTPException) as error:
            # What the mail server answered may name an address: the kind of error has to do.
            _log.warning("The notice by mail was not sent: %s. Check CHAT_SMTP_*.", type(error).__name__)

    def _send(self) -> None:
        mailing.send(self._settings, self._mail())

    def _mail(self) -> EmailMessage:
        mail = EmailMessage()
        mail["Subject"] = f"Nytt i inkorgen – {self._organisation}"
        mail["From"] = self._settings.smtp_from
        mail["To"] = self._settings.smtp_to
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(
            "Det finns något nytt att läsa i inkorgen för kontaktformuläret.\n\n"
            "Vad det är och vem som har skrivit står aldrig i ett mejl.\n"
        )
        return mail
