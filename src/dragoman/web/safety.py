"""What keeps the workbench safe: who may ask, from where, how much, and what a page may do in a browser.

- **Host.** A server on this machine answers to the names of this machine alone, so that no web site can reach it under a
  name of its own (DNS rebinding).
- **Token.** A server on any other address wants the token that was printed at its start: as `Authorization: Bearer ...`,
  or once on the page `/login`, which sets a cookie. Only its hash is kept; it is compared in constant time.
- **Writes.** A page of another site can't write: `Origin` must be this server's own. Cookies are `SameSite=Strict`. Who
  sends no `Origin` (a program) must send JSON, the token, or the page's own mark (`X-CSRF-Token`).
- **Reports are hostile.** Every page has a content policy without inline script or style and without any foreign source.
- **Limits.** Bodies have a greatest size, and must have arrived in time.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import logging
import secrets
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote, unquote, urlsplit

from fastapi import APIRouter, FastAPI, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from dragoman.errors import UsageError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from dragoman.web.settings import Settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self';"
    " form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""What a page may load and do: its own files, nothing inline, nothing from elsewhere."""

HEADERS: Mapping[str, str] = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

OPEN = ("/login", "/static/")
"""What needs no token: the page that asks for it, and what it is drawn with."""

HARMLESS = frozenset({"/login", "/try", "/review/name", "/api/v1/code", "/api/v1/sql"})
"""What is posted and yet writes nothing to the store; allowed to a server that only reads."""

LARGEST = 1 << 20
"""Bytes of a body."""
UPLOAD = (8 << 20) + (1 << 16)
"""Bytes of a body that brings a report."""
UPLOADS = frozenset({"/try", "/try/keep", "/api/v1/code", "/api/v1/reports"})

ARRIVAL = 30.0
"""Seconds in which a body must have arrived."""

COOKIE = "dragoman"
YEAR = 365 * 24 * 3600


def new_token() -> str:
    """A token to print once: 256 bits."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """What is kept of a token. It is random and long, so that one round of SHA-256 can't be undone by guessing."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def is_local(host: str) -> bool:
    """Whether a server on this address is reached from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@dataclass(slots=True)
class Guard:
    """Stands before everything else, as ASGI middleware."""

    app: ASGIApp
    settings: Settings
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    token: str | None = field(default=None, repr=False)
    """The token's hash."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request through, or answers it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = _Asked(scope)
        state = scope.setdefault("state", {})
        state["csrf"] = self.mark("csrf")
        state["reviewer"] = unquote(asked.cookies.get("reviewer", ""))[:80]
        sender = _Sender(send, scope)
        refusal = self._refusal(asked)
        if refusal is not None:
            response = refusal if isinstance(refusal, Response) else _answer(scope, refusal)
            await response(scope, receive, sender)
            return
        try:
            await self.app(scope, _Body(receive, asked.largest), sender)
        except Exception as error:
            if sender.begun:
                raise
            logging.getLogger("dragoman.web").exception("%s %s", asked.method, asked.path)
            await _answer(scope, error)(scope, receive, sender)

    def mark(self, purpose: str) -> str:
        """A word that only this server can make; another one for each purpose and each start."""
        return hmac.new(self.secret, purpose.encode(), hashlib.sha256).hexdigest()

    def knows(self, token: str) -> bool:
        """Whether it is the token."""
        return self.token is not None and hmac.compare_digest(hashed(token), self.token)

    def _refusal(self, asked: _Asked) -> Response | HTTPException | None:
        if not self._is_own_name(asked.host):
            return HTTPException(421, "This server does not go by that name; use the address that it printed.")
        length = asked.headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()) or int(length[:18]) > asked.largest:
            return HTTPException(413, "Too much was sent.")
        bearer = asked.headers.get("authorization", "")
        shown = bearer[:7].lower() == "bearer " and self.knows(bearer[7:].strip())
        if not shown and not self._may_enter(asked):
            if asked.path.startswith("/api/") or asked.method not in SAFE_METHODS:
                wanted = {"WWW-Authenticate": "Bearer"}
                return HTTPException(401, "Show the token: Authorization: Bearer TOKEN, or sign in at /login.", wanted)
            here = asked.path + (f"?{asked.query}" if asked.query else "")
            return RedirectResponse(f"/login?next={quote(here, safe='')}", 303)
        if asked.method in SAFE_METHODS:
            return None
        if self.settings.read_only and asked.path not in HARMLESS:
            return HTTPException(403, "This server only reads; start it without --read-only to write.")
        if not shown and not self._is_own_page(asked):
            return HTTPException(
                403, "This comes from another site, or from a program that sends neither JSON nor the token."
            )
        return None

    def _is_own_name(self, host: str) -> bool:
        """Whether the request was meant for this server. One that listens everywhere can't know its names."""
        own = self.settings.host.strip("[]").lower()
        if own in ("", "0.0.0.0", "::"):
            return True
        name = urlsplit(f"//{host}").hostname or "" if _sound_host(host) else ""
        return is_local(name) or name == own

    def _may_enter(self, asked: _Asked) -> bool:
        if self.token is None or asked.path.startswith(OPEN):
            return True
        shown: str = asked.cookies.get(COOKIE, "")
        return hmac.compare_digest(shown.encode(), self.mark("session").encode())

    def _is_own_page(self, asked: _Asked) -> bool:
        if hmac.compare_digest(asked.headers.get("x-csrf-token", "").encode(), self.mark("csrf").encode()):
            return True
        origin, site = asked.headers.get("origin"), asked.headers.get("sec-fetch-site")
        if origin is not None:
            return _sound_host(origin.partition("://")[2]) and urlsplit(origin).netloc.lower() == asked.host.lower()
        if site is not None:
            return site in ("same-origin", "none")
        return asked.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


def _sound_host(host: str) -> bool:
    return bool(host) and all(c.isalnum() or c in ".-:[]" for c in host) and host.isascii()


class _Asked:
    """What a request says of itself."""

    def __init__(self, scope: Scope) -> None:
        self.headers: dict[str, str] = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query: str = scope.get("query_string", b"").decode("latin-1")
        self.host = self.headers.get("host", "")
        self.largest = UPLOAD if self.path in UPLOADS else LARGEST
        self.cookies: dict[str, str] = {}
        try:
            jar = SimpleCookie(self.headers.get("cookie", ""))
            self.cookies = {name: morsel.value for name, morsel in jar.items()}
        except CookieError:
            """A cookie that can't be read is none."""


class _Body:
    """Takes a body in, up to a size and within a time."""

    def __init__(self, receive: Receive, largest: int) -> None:
        self.receive = receive
        self.left = largest
        self.complete = False

    async def __call__(self) -> Message:
        if self.complete:
            return await self.receive()
        try:
            async with asyncio.timeout(ARRIVAL):
                message = await self.receive()
        except TimeoutError:
            raise HTTPException(408, "The request came too slowly.") from None
        if message["type"] == "http.request":
            self.left -= len(message.get("body", b""))
            if self.left < 0:
                raise HTTPException(413, "Too much was sent.")
            self.complete = not message.get("more_body", False)
        return message


class _Sender:
    """Puts the headers of safety on every answer."""

    def __init__(self, send: Send, scope: Scope) -> None:
        self.send = send
        self.fresh = not scope["path"].startswith("/static/")
        self.begun = False

    async def __call__(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            given = {name.lower() for name, _ in message.get("headers", [])}
            more = dict(HEADERS)
            if self.fresh:
                more["cache-control"] = "no-store"
            message["headers"] = [
                *message.get("headers", []),
                *((k.encode(), v.encode()) for k, v in more.items() if k.encode() not in given),
            ]
        await self.send(message)


def _answer(scope: Scope, error: Exception) -> Response:
    """The application's own answer to an error, from outside of it."""
    kind = HTTPException if isinstance(error, HTTPException) else Exception
    handler = scope["app"].exception_handlers[kind]
    response: Response = handler(Request(scope), error)
    response.headers.update(getattr(error, "headers", None) or {})
    return response


def local_path(value: str) -> str:
    """A place on this server to go to; the first page where it is none."""
    sound = value.startswith("/") and not value.startswith("//") and "\\" not in value and value.isprintable()
    return value if sound and not urlsplit(value).netloc else "/"


def install(app: FastAPI, settings: Settings) -> None:
    """Sets the guard before an application, and gives it the page that asks for the token.

    Raises `UsageError` where other machines could reach a server without a token.
    """
    if settings.token is None and not is_local(settings.host):
        raise UsageError(f"a server on {settings.host} can be reached from other machines; it needs a token")
    guard = Guard(app, settings, token=settings.token)
    app.state.guard = guard
    app.include_router(_door(guard), include_in_schema=False)
    app.add_middleware(_shared, guard=guard)


def _shared(app: ASGIApp, guard: Guard) -> Guard:
    guard.app = app
    return guard


def _door(guard: Guard) -> APIRouter:
    from dragoman.web.render import page

    router = APIRouter()

    @router.get("/login")
    def ask(request: Request, next: str = "/") -> Response:
        """Asks for the token."""
        return page(request, "login.html", next=local_path(next), failed=False)

    @router.post("/login")
    def enter(request: Request, token: Annotated[str, Form()] = "", next: Annotated[str, Form()] = "/") -> Response:
        """Takes the token and lets in."""
        if not guard.knows(token.strip()):
            return page(request, "login.html", 401, next=local_path(next), failed=True)
        answer = RedirectResponse(local_path(next), 303)
        answer.set_cookie(
            COOKIE, guard.mark("session"), httponly=True, samesite="strict", secure=request.url.scheme == "https"
        )
        return answer

    return router
