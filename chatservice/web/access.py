"""Who is signed in, for pages and sockets, and which requests may change anything.

quart-auth signs the cookie; the session row decides, because a signed cookie alone would still work after signing out.
Knows Quart and the staff desk. Read `account.py` next, where sessions begin.
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from itsdangerous import BadSignature
from quart import Quart, Response, abort, current_app, g, redirect, request
from quart.typing import ResponseReturnValue
from quart_auth import Action, AuthUser, QuartAuth, current_user, login_user, logout_user
from quart_auth.extension import _AuthSerializer  # pyright: ignore[reportPrivateUsage]
from werkzeug.sansio.http import parse_cookie

from chatservice.domain.certification import Role
from chatservice.errors import RecordsAwayError
from chatservice.settings import Settings
from chatservice.usecases import accounts, clearing
from chatservice.usecases.accounts import SignedIn, StaffIdentity
from chatservice.web.languages import in_current_language
from chatservice.web.parts import parts

SIGN_IN_PATH = "/mentor/logga-in"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CONFIDENTIALITY_PATH = "/texter/tystnadsplikt/"
OPEN_BEFORE_SIGNING = ("/konto/", "/texter/")
"""What a coordinator reaches before she has signed the confidentiality agreement: her own account, and the texts."""

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


class StaffCookie(QuartAuth):
    """The signed cookie with a session's token: for this browser session, this site and no script."""

    _reader: _AuthSerializer | None = None

    def load_token(self, token: str, app: Quart | None = None) -> str | None:
        """Return what a cookie says, or None when it is not ours: as in quart-auth, with a serializer made once."""
        if self._reader is None:
            self._reader = _AuthSerializer((app or current_app).secret_key or "", self.salt or "")
        try:
            return str(self._reader.loads(token, max_age=self.duration))
        except BadSignature:
            return None

    async def after_request(self, response: Response) -> Response:
        """Write or delete the cookie.

        As in quart-auth, without its warnings: behind a proxy every request looks insecure, and browsers do take a
        SameSite=Strict cookie from the redirect that answers a form of the same site.
        """
        user = self.load_user()
        if user.action is Action.DELETE:
            response.delete_cookie(
                self.cookie_name or "",
                path="/",
                secure=bool(self.cookie_secure),
                httponly=True,
                samesite=self.cookie_samesite,
            )
        elif user.action is Action.WRITE:
            response.set_cookie(
                self.cookie_name or "",
                self.dump_token(user.auth_id or ""),
                path="/",
                secure=bool(self.cookie_secure),
                httponly=True,
                samesite=self.cookie_samesite,
            )
        return response


def register_access(app: Quart, settings: Settings) -> None:
    """Give the app its staff cookie and the rule about where changes may come from."""
    cookie = StaffCookie(
        app,
        # The prefix makes browsers insist on https, on this very host and on the path "/".
        cookie_name="__Host-staff" if settings.is_https else "staff",
        cookie_path="/",
        cookie_http_only=True,
        cookie_samesite="Strict",
        cookie_secure=settings.is_https,
        salt="staff-session",
    )
    # How long a session lasts is said by its row; the age of the signature would follow a clock that leapt.
    cookie.duration = None
    app.before_request(refuse_foreign_changes)


async def refuse_foreign_changes() -> None:
    """Refuse a request that changes something and does not come from a page of ours.

    A form on a page with Referrer-Policy: no-referrer sends the Origin "null"; then the browser's own word in
    Sec-Fetch-Site, which no page can forge, must be there.
    """
    if request.method in SAFE_METHODS:
        return
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    comes_from_us = origin in parts().settings.allowed_origins and site in {None, "same-origin"}
    if not comes_from_us and not (origin in {None, "null"} and site == "same-origin"):
        abort(403)


def session_token(app: Quart, cookies: str) -> str | None:
    """Return the token in a Cookie header, where no request or handshake of Quart's is; None when it is not ours."""
    cookie = cast("StaffCookie", app.extensions["QUART_AUTH"][0])
    signed = parse_cookie(cookies).get(cookie.cookie_name or "")
    return None if signed is None else cookie.load_token(signed, app)


async def current_staff() -> StaffIdentity | None:
    """Return who is signed in on this request or handshake, or None. Asks the session row once."""
    if not hasattr(g, "staff"):
        token = current_user.auth_id
        g.staff = None if token is None else await accounts.identify(parts().staff, token)
    return cast("StaffIdentity | None", g.staff)


async def signed_in_staff() -> StaffIdentity:
    """Return who is signed in; answers 401 when nobody is."""
    staff = await current_staff()
    if staff is None:
        abort(401)
    return staff


async def staff_on_socket(role: Role) -> StaffIdentity:
    """Return who is signed in on a handshake; 401 for nobody and for another role.

    403 for a coordinator who has not signed the confidentiality agreement that holds now. While the records are away,
    who had a socket open when they last answered may come back to it; for anybody else raises `RecordsAwayError`.
    """
    try:
        staff = await current_staff()
        has_signed = staff is not None and await _has_signed(staff)
    except RecordsAwayError:
        staff = accounts.recall(parts().staff, current_user.auth_id or "")
        if staff is None:
            raise
        has_signed = True
    if staff is None or staff.role is not role:
        abort(401)
    if not has_signed:
        abort(403)
    return staff


def staff_required(
    *roles: Role,
) -> Callable[
    [Callable[_Parameters, Awaitable[ResponseReturnValue]]],
    Callable[_Parameters, Awaitable[ResponseReturnValue]],
]:
    """Open a view to some roles: who is not signed in is led to the sign-in page, another role gets 403.

    A coordinator who has not signed the confidentiality agreement that holds now is led to it.
    """

    def decorate(
        view: Callable[_Parameters, Awaitable[ResponseReturnValue]],
    ) -> Callable[_Parameters, Awaitable[ResponseReturnValue]]:
        @wraps(view)
        async def guarded(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> ResponseReturnValue:
            staff = await current_staff()
            if staff is None:
                if request.method in SAFE_METHODS:
                    return cast("ResponseReturnValue", redirect(in_current_language(SIGN_IN_PATH), 303))
                abort(401)
            if staff.role not in roles:
                abort(403)
            if not request.path.startswith(OPEN_BEFORE_SIGNING) and not await _has_signed(staff):
                if request.method in SAFE_METHODS:
                    return cast(
                        "ResponseReturnValue", redirect(in_current_language(CONFIDENTIALITY_PATH), 303)
                    )
                abort(403)
            return await view(*args, **kwargs)

        return guarded

    return decorate


async def _has_signed(staff: StaffIdentity) -> bool:
    """Say whether somebody has promised confidentiality, where that must come before everything else."""
    if staff.role is not Role.COORDINATOR:
        return True
    return await clearing.may_coordinate(parts().staff, parts().terms, staff.account_id)


def begin_session(signed_in: SignedIn) -> None:
    """Put a fresh session's token into the cookie."""
    login_user(AuthUser(signed_in.token, Action.WRITE))
    g.staff = signed_in.identity


def end_session() -> None:
    """Take the cookie away."""
    logout_user()
    g.staff = None
