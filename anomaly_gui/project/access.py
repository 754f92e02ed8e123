"""Roles at a shared station: what each may do, and the passwords that keep slips from happening.

They guard against slips and casual changes within the program. Who can write the project's files can change
everything in them, the passwords too; the journal's chain tells of edits, no more.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from typing import Any, get_args

import msgspec

from anomaly_gui.errors import InputError
from anomaly_gui.project import journal, tables
from anomaly_gui.project.journal import Change, Operation
from anomaly_gui.project.records import Changed
from anomaly_gui.project.writer import AccessRole, Writer, refused

ACCESS_ROLES: tuple[AccessRole, ...] = get_args(AccessRole)
"""From the one that may least to the one that may everything."""
SENTENCES: dict[AccessRole, str] = {
    "operator": "looks and inspects, and changes nothing",
    "reviewer": "gives verdicts, and judges blindly",
    "engineer": "does everything",
}
PROTECTS = (
    "Roles keep slips and casual changes away at a shared station. They are no lock: whoever can write the project's "
    "files can change them, and whoever forgot the password can turn roles off, which the journal keeps with name "
    "and time."
)
SHORTEST_PASSWORD = 4
_KEY = "access"
"""Of the setting, which is journalled: that there are roles, and the digest of their passwords."""
_PASSWORDS = "passwords"
"""Under which the hashes are kept, which no journal and no audit shows."""
_COST, _BLOCK, _PARALLEL, _SALT_BYTES, _MEMORY_BYTES = 1 << 14, 8, 1, 16, 64 << 20


class Password(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A password's scrypt hash, with all that it takes to work it out again. Bytes are hexadecimal."""

    salt: str
    hash: str
    cost: int = _COST
    block: int = _BLOCK
    parallel: int = _PARALLEL


def hashed(password: str) -> Password:
    """With a salt of its own."""
    salt = os.urandom(_SALT_BYTES)
    kept = Password(salt=salt.hex(), hash="")
    return msgspec.structs.replace(kept, hash=_scrypt(password, kept).hex())


def matches(password: str, kept: Password) -> bool:
    """Raises ValueError for a hash that this program did not make."""
    return hmac.compare_digest(_scrypt(password, kept), bytes.fromhex(kept.hash))


def _scrypt(password: str, kept: Password) -> bytes:
    secret = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(
        secret, salt=bytes.fromhex(kept.salt), n=kept.cost, r=kept.block, p=kept.parallel, maxmem=_MEMORY_BYTES
    )


class Access:
    """The roles of an open project. Without roles everybody may do everything, which is how projects begin."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def begin(self) -> None:
        """A project that has roles is opened as the one that may least."""
        self._writer.role = ACCESS_ROLES[0] if self.is_on else None

    @property
    def is_on(self) -> bool:
        with self._writer.reading() as connection:
            return tables.setting(connection, _KEY) is not None

    @property
    def role(self) -> AccessRole:
        """In which this program works on the project now."""
        return self._writer.role or ACCESS_ROLES[-1]

    def may(self, role: AccessRole) -> bool:
        """Whether what *role* may do can be done now."""
        return ACCESS_ROLES.index(self.role) >= ACCESS_ROLES.index(role)

    def require(self, role: AccessRole, doing: str) -> None:
        """Raises InputError unless what *role* may do can be done now."""
        if not self.may(role):
            raise refused(role, self.role, doing)

    def needs_password(self, role: AccessRole) -> bool:
        """Whether taking *role* asks for one: never for one that may less."""
        return not self.may(role) and role in self._passwords()

    # Changing it

    def turn_on(self, engineer: str, reviewer: str = "") -> Changed:
        """From now on the project has roles; the engineer goes on as such. Without a password of their own
        reviewers need none. Raises InputError for a password that is too short."""
        self.require("engineer", "change roles")
        for name, password in (("engineer", engineer), ("reviewer", reviewer)):
            if (password or name == "engineer") and len(password) < SHORTEST_PASSWORD:
                raise InputError(
                    f"password of the {name}", f"it has fewer than {SHORTEST_PASSWORD} characters", "Give a longer one"
                )
        given = {"engineer": engineer} | ({"reviewer": reviewer} if reviewer else {})
        changed = self._set("Turned roles on", {name: hashed(password) for name, password in given.items()})
        self._writer.role = "engineer"
        return changed

    def turn_off(self) -> Changed:
        """Everybody may do everything again."""
        self.require("engineer", "change roles")
        return self._switched_off("Turned roles off")

    def turn_off_without_password(self) -> Changed:
        """The way out for who forgot the password; the journal keeps that it was taken, by whom and when."""
        return self._switched_off("Turned roles off without a password, as it was forgotten")

    def take(self, role: AccessRole, password: str = "") -> Changed:
        """Work in *role* from now on. Raises InputError if its password is another."""
        if not self.is_on:
            raise InputError("role", "the project has no roles", "Turn them on first")
        if role == self.role:
            return Changed(operation=0, sentence=f"You are {role} already")
        if self.needs_password(role) and not self._is_right(role, password):
            raise InputError(f"role {role}", "the password is not right", "Try again, or ask who set it")
        before, self._writer.role = self.role, role
        try:
            return self._writer.note(Operation(f"Changed the role from {before} to {role}", (), "fact"))
        except BaseException:
            self._writer.role = before
            raise

    def _set(self, sentence: str, passwords: Mapping[str, Password] | None) -> Changed:
        plain = msgspec.to_builtins(passwords)

        def plan(connection: Any) -> Operation:
            new = None if plain is None else {"passwords_sha256": _digest(plain)}
            connection.execute("DELETE FROM place WHERE key = ?", (_PASSWORDS,))
            if plain is not None:
                connection.execute("INSERT INTO place VALUES (?, ?)", (_PASSWORDS, journal.to_json(plain)))
            return Operation(sentence, [Change(_KEY, new, tables.setting(connection, _KEY))], "fact")

        return self._writer.perform(plan)

    def _switched_off(self, sentence: str) -> Changed:
        if not self.is_on:
            return Changed(operation=0, sentence="The project has no roles")
        before, self._writer.role = self._writer.role, None
        try:
            return self._set(sentence, None)
        except BaseException:
            self._writer.role = before
            raise

    def _passwords(self) -> dict[str, Password | None]:
        """By role; None for one that cannot be trusted."""
        with self._writer.reading() as connection:
            row = connection.execute("SELECT value FROM place WHERE key = ?", (_PASSWORDS,)).fetchone()
            told = tables.setting(connection, _KEY)
        plain = None if row is None else journal.from_json(row[0])
        try:
            if told is not None and plain is not None and told["passwords_sha256"] == _digest(plain):
                return dict(msgspec.convert(plain, dict[str, Password]))
        except (msgspec.ValidationError, KeyError, TypeError):
            pass
        # They were lost, or edited from outside: nobody gets in by them, and the way out is open.
        return dict.fromkeys(ACCESS_ROLES[1:])

    def _is_right(self, role: str, password: str) -> bool:
        kept = self._passwords().get(role)
        if kept is None:
            raise InputError(
                f"role {role}",
                "the passwords are not those that were set: they were lost, or changed from outside",
                "Turn roles off as if the password were forgotten, then on again",
            )
        try:
            return matches(password, kept)
        except ValueError:
            return False


def _digest(plain: Any) -> str:
    return hashlib.sha256(journal.to_json(plain).encode()).hexdigest()
