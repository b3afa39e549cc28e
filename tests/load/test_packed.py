"""What belongs to very many members: packed values are those that were put in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.load import packed
from flashcrowd.load.adapters.item import Account, Login
from flashcrowd.load.packed import Identities, Marks
from flashcrowd.load.vault import Vault

words = st.text(max_size=20)
steps = st.lists(st.tuples(st.integers(0, 40), st.one_of(st.none(), st.tuples(words, words))), max_size=40)


@given(steps)
def test_accounts_are_those_of_a_dictionary_whatever_is_done_to_them(steps):
    """Set, replaced and deleted in any order: the same members and values, in order of their numbers."""
    vault, expected = Vault(None), {}
    for member, said in steps:
        if said is None:
            vault.accounts.pop(member, None)
            expected.pop(member, None)
        else:
            vault.accounts[member] = Account(member, said[0], said[1], said[0].encode(), said[1], 7.5)
            expected[member] = Account(member, said[0], said[1], said[0].encode(), said[1], 7.5)
    assert list(vault.accounts.items()) == sorted(expected.items())
    assert len(vault.accounts) == len(expected)
    assert 41 not in vault.accounts
    with pytest.raises(KeyError):
        vault.accounts[41]


def test_replaced_entries_are_cleared_away(monkeypatch):
    """Tokens that are renewed all day long do not fill the memory."""
    monkeypatch.setattr(packed, "WASTE", 1000)
    vault = Vault(None)
    for turn in range(1000):
        for member in range(3):
            vault.accounts[member] = Account(member, str(member), "m", b"%d" % turn)
    assert [account.auth for account in vault.accounts.values()] == [b"999"] * 3
    assert len(vault.accounts._data) < 3000


def test_account_that_is_held_is_one_object_for_everybody():
    """What a visit under way holds is what a renewal changes."""
    vault = Vault(None)
    vault.accounts[1] = Account(1, "7", "m1", b"old")
    held = vault.accounts[1]
    vault.accounts[1].auth = b"new"
    assert held.auth == b"new"


def test_login_keeps_its_secrets():
    """Every field of a login comes back."""
    vault, login = Vault(None), Login("n", "p", "t", "e@x", True)
    vault.logins[3] = login
    del login
    assert vault.logins[3] == Login("n", "p", "t", "e@x", True)


@given(st.sets(st.integers(0, 200)), st.sets(st.integers(0, 200)))
def test_marks_are_a_set(added, discarded):
    """Members put in and not taken out."""
    marks = Marks(added)
    for member in discarded:
        marks.discard(member)
    assert set(marks) == added - discarded
    assert [member in marks for member in range(210)] == [m in added - discarded for m in range(210)]


@given(st.dictionaries(st.one_of(words, st.integers(0, 1 << 70).map(str)), st.integers(0, 1000), max_size=30))
def test_member_behind_an_account_is_found_by_the_platforms_id(ids):
    """Numbers, and whatever else a platform calls its accounts; also those that came later."""
    accounts = [Account(member, identifier, "", b"") for identifier, member in ids.items()]
    found = Identities(accounts[: len(accounts) // 2])
    for account in accounts[len(accounts) // 2 :]:
        found.add(account)
    assert [found.member(account.id, -1) for account in accounts] == list(ids.values())
    assert found.member("nobody", -1) == -1
