"""A visit to the console: who is there, what they sent, and how pages look to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from python_multipart.multipart import parse_options_header

from collector.domain.api_key import digest_of
from collector.domain.errors import InputError, NotSignedIn, RoleRefused, UnsupportedType
from collector.domain.ids import RANDOM_BYTES, uuid7
from collector.domain.user import Role, User
from collector.storage.audit import Audited, Deed
from collector.storage.sessions import NoteSession, Session, find_session
from collector.storage.writer import Write
from collector.web.answer import HTML, Answer, Headers
from collector.web.client import bare_host
from collector.web.console.security import COOKIE, read_cookies
from collector.web.endpoint import Exchange
from collector.web.formats import find_zone
from collector.web.incoming import Incoming
from collector.web.multipart import FormReader
from collector.web.pages import Language, choose_language
from collector.web.services import Services

THEME, LANGUAGE, ZONE, KEYS = "lc_theme", "lc_language", "lc_zone", "lc_keys"
THEMES = ("auto", "light", "dark")
FORM_BYTES = 256 * 1024
MAX_PAIRS = 2_000


@dataclass(slots=True, kw_only=True)
class Visit:
    """One request of one person, or of nobody yet."""

    exchange: Exchange
    cookies: Mapping[str, str]
    session: Session | None
    query: Sequence[tuple[str, str]]
    form: Sequence[tuple[str, str]] = field(default=())
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def services(self) -> Services:
        """The parts of the installation."""
        return self.exchange.services

    @property
    def now(self) -> int:
        """The time of the request, microseconds UTC."""
        return self.exchange.now

    @property
    def user(self) -> User:
        """Who is signed in. Raises NotSignedIn."""
        if self.session is None:
            raise NotSignedIn("sign in first")
        return self.session.user

    @property
    def base(self) -> str:
        """The public path of the console, without a slash at its end."""
        return f"{self.exchange.client.prefix}/console"

    @property
    def public(self) -> str:
        """The collector's own public address: as it is set, else as this request used it."""
        client, incoming = self.exchange.client, self.exchange.incoming
        named = (incoming.header(name) for name in (b"x-forwarded-host", b"host"))
        host = next((one for one in named if bare_host(one) == client.host), client.host)
        set_one = self.services.console.base_url
        return set_one or f"{client.scheme}://{host}{client.prefix}"

    @property
    def language(self) -> Language:
        """What the person chose, else what the browser asks for."""
        accepted = self.exchange.incoming.header(b"accept-language")
        return choose_language(self.cookies.get(LANGUAGE), accepted)

    @property
    def zone_name(self) -> str:
        """The time zone that the browser told, by its IANA name; empty when it did not."""
        return self.cookies.get(ZONE, "").replace("%2F", "/")

    @property
    def path(self) -> Mapping[str, str]:
        """The variable parts of the address."""
        parts: Mapping[str, str] = self.exchange.incoming.scope["path_params"]
        return parts

    def new_id(self) -> str:
        """Make an id for something new."""
        return uuid7(self.now, self.services.random(RANDOM_BYTES))

    def asked(self, name: str) -> str:
        """Read a parameter of the address; empty when absent."""
        return next((value for key, value in self.query if key == name), "")

    def said(self, name: str) -> str:
        """Read a value of the form; empty when absent."""
        return next((value for key, value in self.form if key == name), "")

    def all_said(self, name: str) -> list[str]:
        """Read every value of the form by one name."""
        return [value for key, value in self.form if key == name]

    def require(self, role: Role) -> None:
        """Let only a role, or one that may do more, go on. Raises NotSignedIn, RoleRefused."""
        if not self.user.is_at_least(role):
            raise RoleRefused(f"this needs the role {role}: ask an admin")

    def address(self, **changes: str | None) -> str:
        """Write this page's address with other parameters; empty and None leave one out."""
        kept = [(name, value) for name, value in self.query if name not in changes]
        added = [(name, value) for name, value in changes.items() if value]
        pairs = urlencode([*kept, *added])
        path = self.exchange.incoming.scope["path"]
        return f"{self.exchange.client.prefix}{path}{'?' if pairs else ''}{pairs}"

    async def write(self, write: Write, deed: str, subject: str, **details: Any) -> Any:
        """Change something, with its line in the audit log; answers what the write answers."""
        email = self.session.user.email if self.session else None
        line = Deed(at=self.now, user_email=email, deed=deed, subject=subject, details=details)
        return await self.services.store.write(Audited(write=write, deed=line))

    def page(
        self, name: str, *, status: int = 200, headers: Headers = (), **values: object
    ) -> Answer:
        """Render a page of the console with what every page needs."""
        theme = self.cookies.get(THEME, "")
        body = self.services.pages.render(
            f"console/{name}.html",
            self.language,
            base=self.base,
            asset=self.services.console.assets,
            user=self.session.user if self.session else None,
            theme=theme if theme in THEMES else "auto",
            keys=self.cookies.get(KEYS) != "off",
            zone=find_zone(self.zone_name),
            now=self.now,
            visit=self,
            here=self.address().removeprefix(self.base) or "/",
            **values,
        )
        return Answer(status, body, (HTML, *headers))

    def redirect(self, path: str, headers: Headers = ()) -> Answer:
        """Send on to another page of the console, by its path below it."""
        return Answer(303, headers=((b"location", (self.base + path).encode()), *headers))


async def open_visit(exchange: Exchange, upload_bytes: int = 0) -> Visit:
    """Find out who is there, and read what they sent, which may be files of so many bytes.

    A file is read only for somebody who is signed in. Raises InputError, UnsupportedType.
    """
    incoming = exchange.incoming
    cookies = read_cookies(incoming)
    query = read_pairs(incoming.scope["query_string"])
    session = await _find(exchange, cookies.get(COOKIE))
    form = (
        await _read_form(incoming, upload_bytes if session else 0)
        if incoming.method == "POST"
        else ()
    )
    return Visit(
        exchange=exchange,
        cookies=cookies,
        session=session,
        query=query,
        form=[(name, value) for name, value in form if isinstance(value, str)],
        files={name: value for name, value in form if isinstance(value, bytes)},
    )


async def _find(exchange: Exchange, cookie: str | None) -> Session | None:
    if not cookie:
        return None
    store, now = exchange.services.store, exchange.now
    session = await store.read(find_session, digest_of(cookie), now)
    if session is not None and session.is_to_be_noted(now):
        await store.write(NoteSession(digest=session.digest, now=now))
    return session


async def _read_form(incoming: Incoming, upload_bytes: int) -> Sequence[tuple[str, Any]]:
    media_type, options = parse_options_header(incoming.header(b"content-type"))
    if media_type == b"multipart/form-data" and upload_bytes and options.get(b"boundary"):
        reader = FormReader(options[b"boundary"], keep_files=True)
        return await reader.read(incoming.chunks(upload_bytes))
    if media_type != b"application/x-www-form-urlencoded":
        raise UnsupportedType("the console reads application/x-www-form-urlencoded only")
    return read_pairs(await incoming.body(FORM_BYTES))


def read_pairs(raw: bytes) -> list[tuple[str, str]]:
    """Read names and values in order; what no database takes becomes U+FFFD. Raises InputError."""
    try:
        pairs = parse_qsl(raw.decode("latin-1"), keep_blank_values=True, max_num_fields=MAX_PAIRS)
    except ValueError as error:
        raise InputError(f"at most {MAX_PAIRS} values are read") from error
    return [(name, value.replace("\0", "\ufffd")) for name, value in pairs]
