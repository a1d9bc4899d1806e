"""Hands one mail to the mail server of the settings (CHAT_SMTP_*). Knows nothing of what mails say.

Blocks until the server has answered: call it in a thread. What the server answers may name an address, so callers tell
the kind of an error and nothing else. Mails: `notices.py`, `invitation_mail.py`.
"""

import smtplib
import ssl
from email.message import EmailMessage
from typing import Final

from chatservice.settings import Settings

ANSWER_WITHIN_S: Final = 20.0


def send(settings: Settings, mail: EmailMessage) -> None:
    """Send a mail. Raises `OSError` or `smtplib.SMTPException`."""
    security, to_host = ssl.create_default_context(), (settings.smtp_host, settings.smtp_port)
    if settings.smtp_security == "tls":
        server = smtplib.SMTP_SSL(*to_host, timeout=ANSWER_WITHIN_S, context=security)
    else:
        server = smtplib.SMTP(*to_host, timeout=ANSWER_WITHIN_S)
    with server:
        if settings.smtp_security == "starttls":
            server.starttls(context=security)
        if settings.smtp_username:
            server.login(settings.smtp_username, settings.smtp_password)
        server.send_message(mail)
