"""The mail that carries an invitation's address, to an address that is used once and neither kept nor logged.

Only where a mail server is set (CHAT_SMTP_*), and only when a coordinator types where to. Otherwise she copies the
address from the page herself.
"""

import asyncio
import logging
import smtplib
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Final

from chatservice import mailing
from chatservice.settings import Settings

_log: Final = logging.getLogger(__name__)


async def send_invitation(
    settings: Settings, *, organisation: str, recipient: str, address: str, until: str
) -> bool:
    """Send an invitation; False when the mail could not be handed over. `until` is its end in words."""
    try:
        await asyncio.to_thread(
            mailing.send, settings, _mail(settings, organisation, recipient, address, until)
        )
    except (OSError, smtplib.SMTPException, ValueError) as error:
        # What the mail server answered may name an address: the kind of error has to do.
        _log.warning("An invitation was not sent by mail: %s. Check CHAT_SMTP_*.", type(error).__name__)
        return False
    return True


def _mail(settings: Settings, organisation: str, recipient: str, address: str, until: str) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = f"Inbjudan – {organisation}"
    mail["From"] = settings.smtp_from
    # One address and never a list, whatever was typed.
    mail["To"] = Address(addr_spec=recipient)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(
        f"Du är inbjuden att arbeta i chatten hos {organisation}.\n\n"
        "Öppna adressen här under och välj hur du vill logga in. "
        f"Den fungerar en gång, till {until}.\n\n{address}\n\n"
        "Väntade du dig inte det här brevet? Då kan du slänga det.\n"
    )
    return mail
