"""A file of accounts that are there already: CSV whose first line names its columns.

    username,token                    username,password,email
    ada,4bX…                          ada,s3cret,ada@art.example

`username` is needed, and `token` or `password`; `email` is what some log-in pages ask for.
"""

import csv
from pathlib import Path
from typing import Final

from flashcrowd.core.errors import UsageError
from flashcrowd.load.adapters.item import Login

COLUMNS: Final = ("username", "token", "password", "email")


def read_accounts(path: Path) -> list[Login]:
    """The logins of a file, in its order.

    Raises:
        UsageError: names file, line and what is wrong; never a secret.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            table = csv.DictReader(file)
            unknown = set(table.fieldnames or ()) - set(COLUMNS)
            if unknown or "username" not in (table.fieldnames or ()):
                raise UsageError(f"{path.name}: the first line must name columns among {', '.join(COLUMNS)}")
            rows = [(table.line_num, row) for row in table]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path.name}: cannot be read: {error}") from None
    logins = [_login(path.name, line, row) for line, row in rows]
    names = [login.name for login in logins]
    for place, name in enumerate(names):
        if name in names[:place]:
            raise UsageError(f"{path.name}: {name} stands twice")
    return logins


def _login(name: str, line: int, row: dict[str, str | None]) -> Login:
    said = {column: (row.get(column) or "").strip() for column in COLUMNS}
    if not said["username"] or not (said["token"] or said["password"]):
        raise UsageError(f"{name}: line {line} needs a username, and a token or a password")
    return Login(said["username"], said["password"], said["token"], said["email"], is_given=True)
