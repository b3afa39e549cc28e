"""The private file of what was made on a target."""

import stat

import pytest

from flashcrowd.core.errors import UsageError
from flashcrowd.load.adapters.item import Account, Login
from flashcrowd.load.origin import Origin
from flashcrowd.load.vault import Vault, vault_path

ADA = Account(7, "42", "ada", b"Authorization: Bearer t\r\n")


def test_what_was_kept_is_there_again(tmp_path):
    """Registration, names, accounts, follows, posts and the salt come back as they were."""
    with Vault(tmp_path / "deep" / "v.jsonl") as vault:
        vault.keep_account(ADA)
        vault.keep_keys({"client_id": "c"})
        vault.keep_login(7, Login("ada", "pw"))
        vault.keep_introduced(7)
        vault.keep_tried(0)
        vault.keep_follow(7, 8)
        vault.keep_post(0, "99", 7, 1.5)
        salt = vault.salt
    with Vault(tmp_path / "deep" / "v.jsonl") as again:
        assert (again.accounts, list(again.follows)) == ({7: ADA}, [(7, 8)])
        assert again.posts == {0: ("99", 7, 1.5)}
        assert (again.keys, again.logins) == ({"client_id": "c"}, {7: Login("ada", "pw")})
        assert (list(again.introduced), again.tried, again.salt) == ([7], {0}, salt)


def test_file_is_readable_by_its_owner_only(tmp_path):
    """Mode 0600, also when the file was there with another."""
    path = tmp_path / "v.jsonl"
    path.touch(mode=0o644)
    Vault(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_half_a_line_of_a_killed_run_is_passed_over(tmp_path):
    """What a killed run was writing is lost, and nothing else; the next line stands alone."""
    path = tmp_path / "v.jsonl"
    with Vault(path) as vault:
        vault.keep_follow(1, 2)
    with path.open("a") as file:
        file.write('{"follow": [3,')
    with Vault(path) as vault:
        assert list(vault.follows) == [(1, 2)]
        vault.keep_follow(5, 6)
    with Vault(path) as vault:
        assert list(vault.follows) == [(1, 2), (5, 6)]


def test_vault_in_use_is_refused(tmp_path):
    """Two runs cannot use the same accounts at once."""
    with Vault(tmp_path / "v.jsonl"), pytest.raises(UsageError, match="another run"):
        Vault(tmp_path / "v.jsonl")


def test_vault_in_memory_leaves_no_file(tmp_path, monkeypatch):
    """A platform that ends with the run needs no file."""
    monkeypatch.chdir(tmp_path)
    Vault(None).keep_account(ADA)
    assert list(tmp_path.iterdir()) == []


def test_place_of_a_vault_tells_targets_apart(tmp_path, monkeypatch):
    """Scheme, host, port, prefix and seed each make another file, inside the state folder."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    places = {
        vault_path(Origin(scheme, host, port, prefix), "mastodon", seed)
        for scheme, host, port, prefix, seed in [
            ("http", "h", 80, "", 1),
            ("https", "h", 443, "", 1),
            ("http", "h", 8000, "", 1),
            ("http", "h", 80, "/api", 1),
            ("http", "h", 80, "", 2),
        ]
    }
    assert len(places) == 5
    assert all(place.parent == tmp_path / "flashcrowd" for place in places)
