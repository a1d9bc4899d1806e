"""The response headers that keep a page to itself: no third party, no frame, no trace of where one comes from.

Every answer of the service gets them, static pages included; scripts, styles, fonts and pictures get those that
browsers heed for them. A server in front of it that serves the site must set the
same ones (`page_headers`).
"""

from urllib.parse import urlsplit

from quart import Quart, Response, request, websocket

from chatservice.settings import Settings

PRIVATE_PATHS = (
    "/chatt/status", "/chatt/lage", "/chatt/lamna", "/chatt/kontroll", "/halsa",
    "/chatt/ws", "/valkommen", "/mentor", "/samordnare", "/redaktor", "/drift", "/konto", "/texter",
)  # fmt: skip

CHAT_PAGES = ("/chatt/", "/en/chat/")
"""The pages that a conversation is held on: the same for everybody, but that somebody opened one is her own affair."""

# Sound and passkeys are left as they are: a page may ring when somebody waits, once it was pressed.
REFUSED_FEATURES = (
    "accelerometer", "browsing-topics", "camera", "display-capture", "encrypted-media", "gamepad",
    "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi",
    "payment", "screen-wake-lock", "serial", "storage-access", "usb", "window-management", "xr-spatial-tracking",
)  # fmt: skip

# Nobody can open a part of a page as a page of its own: what rules documents would be a kilobyte for each of the chat's
# forty modules, and no browser reads it. An SVG can be opened, so that it is not among them.
PART_TYPES = frozenset(("text/css", "text/javascript", "font/woff2", "image/png", "image/x-icon"))
DOCUMENT_HEADERS = frozenset(
    (
        "Content-Security-Policy",
        "Cross-Origin-Embedder-Policy",
        "Cross-Origin-Opener-Policy",
        "Permissions-Policy",
        "X-Frame-Options",
    )
)


def page_headers(settings: Settings) -> dict[str, str]:
    """Return the headers of every answer."""
    headers = {
        "Content-Security-Policy": content_security_policy(settings),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": ", ".join(f"{feature}=()" for feature in REFUSED_FEATURES),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
    if settings.is_https and not settings.is_example:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return headers


def content_security_policy(settings: Settings) -> str:
    """Return the policy: files of this origin only, no inline code, no way to make code from text."""
    # Not every browser counts WebSockets to the same host as 'self'.
    sockets = sorted(
        f"{'wss' if urlsplit(origin).scheme == 'https' else 'ws'}://{urlsplit(origin).netloc}"
        for origin in settings.allowed_origins
    )
    directives = [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "media-src 'self'",
        "manifest-src 'self'",
        f"connect-src 'self' {' '.join(sockets)}",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
    if settings.is_https:
        directives.append("upgrade-insecure-requests")
    return "; ".join(directives)


def register_headers(app: Quart, settings: Settings) -> None:
    """Put the headers on every answer of the app."""
    headers = page_headers(settings)
    of_parts = {name: value for name, value in headers.items() if name not in DOCUMENT_HEADERS}

    def with_headers(response: Response, path: str) -> Response:
        response.headers.update(of_parts if response.mimetype in PART_TYPES else headers)
        if is_private(path):
            response.headers["Cache-Control"] = "no-store"
        return response

    async def answered(response: Response) -> Response:
        return with_headers(response, request.path)

    async def refused(response: Response | None) -> Response | None:
        # None when the handshake was accepted: then there is no answer to put anything on.
        return None if response is None else with_headers(response, websocket.path)

    app.after_request(answered)
    app.after_websocket(refused)  # pyright: ignore[reportArgumentType]


def is_private(path: str) -> bool:
    """Say whether no cache may keep what lies at this path."""
    if path.removesuffix("index.html") in CHAT_PAGES:
        return True
    return any(path == private or path.startswith(f"{private}/") for private in PRIVATE_PATHS)
