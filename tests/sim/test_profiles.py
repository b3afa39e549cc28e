"""Faces of members: equal for equal addresses, fit for any platform, in every language that comes with us."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flashcrowd.core.scenario import Scenario, bundled_scenarios, load_scenario
from flashcrowd.sim.profiles import profile, text

LOCALES = sorted(
    set(Scenario().population.languages).union(
        *(load_scenario(name).population.languages for name in bundled_scenarios())
    )
)


@pytest.mark.parametrize("locale", LOCALES)
def test_profile_is_the_same_for_the_same_address(locale: str) -> None:
    """Whatever else was drawn in between."""
    first = [profile(1, member, locale) for member in range(20)]
    assert [profile(1, member, locale) for member in reversed(range(20))] == first[::-1]
    assert first[0] != profile(2, 0, locale)


@pytest.mark.parametrize("locale", LOCALES)
def test_usernames_are_unique_and_plain(locale: str) -> None:
    """At most 30 ASCII letters, digits and underscores, also of the last of 400 million members."""
    members = [*range(200), 399_999_999]
    names = [profile(1, member, locale).username for member in members]
    assert len({name.lower() for name in names}) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9_]{1,30}", name) for name in names)


@pytest.mark.parametrize("locale", LOCALES)
def test_profile_has_a_name_and_a_line_about_itself(locale: str) -> None:
    """Neither is empty, and both fit into one line."""
    for member in range(20):
        face = profile(1, member, locale)
        assert face.locale == locale
        assert face.display_name.strip()
        assert face.bio.strip()
        assert "\n" not in face.display_name + face.bio


def test_profiles_speak_the_language_of_their_locale() -> None:
    """Japanese names are not written in ASCII; French texts have letters that English ones lack."""
    assert not any(profile(1, member, "ja_JP").display_name.isascii() for member in range(20))
    french = "".join(profile(1, member, "fr_FR").display_name for member in range(200))
    assert set("éèêëçïîôàâü") & set(french.lower())


def test_members_with_one_handle_have_different_usernames() -> None:
    """Two members of whom Faker makes the same name are told apart by their numbers."""
    names = [profile(1, member, "en_US").username for member in range(2000)]
    handles = [name.rpartition("_")[0] for name in names]
    assert len(set(handles)) < len(handles)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("locale", LOCALES)
@given(st.integers(min_value=0, max_value=2**63 - 1), st.integers(min_value=0, max_value=2**63 - 1))
@settings(max_examples=20)
def test_text_is_one_line_of_a_post(locale: str, seed: int, address: int) -> None:
    """The same for the same address, not empty, at most 180 characters."""
    words = text(seed, address, locale)
    assert words == text(seed, address, locale)
    assert words.strip()
    assert len(words) <= 180
    assert "\n" not in words


def test_texts_of_two_addresses_differ() -> None:
    """Members do not all say the same."""
    assert len({text(1, address, "en_US") for address in range(200)}) == 200
