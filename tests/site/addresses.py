"""Every page of the site but the conversation itself, for tests that visit them all.

A test compares the list with the built site.
"""

CHATS = ("/chatt/", "/en/chat/")
"""The conversation itself, in each language."""
ENGLISH = ("/en/", "/en/how-to-chat/", "/en/practical/", "/en/privacy/", "/en/emergency-help/")
EASY_READ = (
    "/lattlast/",
    "/lattlast/sa-chattar-du/",
    "/lattlast/integritet/",
    "/lattlast/akut-hjalp/",
)
ADDRESSES = (
    "/",
    "/sa-chattar-du/",
    "/praktisk-information/",
    "/integritet/",
    "/tystnadsplikt/",
    "/mentorer/",
    "/anhorig/",
    "/veteran/",
    "/akut-hjalp/",
    "/kontakt/",
    "/tillganglighet/",
    "/om-webbplatsen/",
    *ENGLISH,
    *EASY_READ,
    "/404.html",
    "/lugn/",
)
FRAME_WORDS = {
    "sv": ("Till chatten – se om den är öppen", "Lämna snabbt"),
    "en": ("To the chat – see if it is open", "Leave now"),
}
"""What the link to the chat and the way out say, by language."""


def language_of(address: str) -> str:
    """Say which language a page is in."""
    return "en" if address.startswith("/en/") else "sv"
