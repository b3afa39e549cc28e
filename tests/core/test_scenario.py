"""Scenario files: what is right loads as written, what is wrong is refused in one line that helps."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.core.errors import ScenarioError
from flashcrowd.core.scenario import Scenario, bundled_scenarios, load_scenario, resolved_scenario

WRONG = {
    "negative rate": ("load: {time_lapse: -5}", "load.time_lapse is -5; must be > 0"),
    "number too large": ("platform: {page_size: 41}", "platform.page_size is 41; must be <= 40"),
    "number too small": ("population: {members: 1}", "population.members is 1; must be >= 2"),
    "share above one": (
        "population: {personas: {lurker: 2}}",
        "population.personas.lurker is 2; must be <= 1",
    ),
    "not a number": (
        "load: {members: many}",
        "load.members is 'many'; must be a valid integer, unable to parse string as an integer",
    ),
    "fraction of a member": (
        "load: {members: 2.5}",
        "load.members is 2.5; must be a valid integer, got a number with a fractional part",
    ),
    "infinity": ("load: {time_lapse: .inf}", "load.time_lapse is inf; must be a finite number"),
    "no number at all": (
        "content: {appeal_sigma: .nan}",
        "content.appeal_sigma is nan; must be a finite number",
    ),
    "unit unknown": (
        "duration: 5 parsecs",
        "duration is '5 parsecs'; unit 'parsecs' is not one of ms, s, m, min, h, d, w",
    ),
    "duration empty": (
        "duration:",
        "duration is None; None is not a duration such as 90s, 15m, 6h or 3d",
    ),
    "duration a truth": (
        "duration: yes",
        "duration is True; True is not a duration such as 90s, 15m, 6h or 3d",
    ),
    "unknown section": ("popluation: {}", "popluation is not a known key; did you mean population?"),
    "unknown key": ("load: {membres: 5}", "load.membres is not a known key; did you mean members?"),
    "key unlike any": (
        "feedback: {zzz: 1}",
        "feedback.zzz is not a known key; known: pace, extra_think, abandonment, patience,",
    ),
    "section empty": ("record:", "record is None; must be a section of keys: exposures"),
    "section a list": ("record: [1]", "record is [1]; must be a section of keys: exposures"),
    "shares not one": (
        "population: {regions: {here: 0.5}}",
        "population.regions add up to 0.5; must add up to 1",
    ),
    "no mapping": ("- load", "holds a list; must be a mapping of sections"),
    "key twice": ("seed: 1\nseed: 2", "line 2, column 1: not YAML: seed stands twice"),
    "no YAML": ("load: {", "line 1, column 8: not YAML: expected the node content, but found '<stream end>'"),
    "impossible date": ("duration: 2024-13-01", "not YAML: month must be in 1..12"),
    "control character": (
        "name: \x00",
        'not YAML: unacceptable character #x0000: special characters are not allowed in "<unicode string>", '
        "position 6",
    ),
    "code in YAML": (
        "seed: !!python/name:os.system",
        "line 1, column 7: not YAML: could not determine a constructor for the tag "
        "'tag:yaml.org,2002:python/name:os.system'",
    ),
    "brackets without end": ("[" * 5000, "not YAML: maximum recursion depth exceeded"),
    "two mistakes": (
        "seed: -1\nload: {members: 1}",
        "seed is -1; must be >= 0; load.members is 1; must be >= 2",
    ),
}


def scenario_file(folder: Path, text: str) -> str:
    path = folder / "my.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(("text", "complaint"), WRONG.values(), ids=WRONG.keys())
def test_wrong_file_is_refused_by_file_field_found_and_allowed(
    text: str, complaint: str, tmp_path: Path
) -> None:
    """Each kind of mistake becomes one line: which file, which field, what stands there, what may."""
    with pytest.raises(ScenarioError) as caught:
        load_scenario(scenario_file(tmp_path, text))
    message = str(caught.value)
    assert message.startswith("my.yaml:")
    assert complaint in message
    assert "\n" not in message


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.dictionaries(
        st.sampled_from(sorted(Scenario.model_fields)) | st.text(max_size=8), ANYTHING, max_size=4
    )
)
def test_arbitrary_mapping_is_a_scenario_or_a_one_line_error(data: dict[str, Any]) -> None:
    """No value whatsoever gets past the door as anything but a scenario or a ScenarioError."""
    try:
        assert resolved_scenario(data, "my.yaml").duration > 0
    except ScenarioError as error:
        assert str(error).startswith("my.yaml: ")  # noqa: PT017


@pytest.mark.parametrize("name", ["nix", "", ".", "a" * 5000, "a\0b"])
def test_missing_file_is_refused_with_the_bundled_names(name: str) -> None:
    """Whatever is no file and no bundled scenario is refused, and the names that exist are said."""
    with pytest.raises(ScenarioError, match=r"no such file or bundled scenario \(.*smoke"):
        load_scenario(name)


def test_binary_file_is_refused(tmp_path: Path) -> None:
    """A picture is no scenario."""
    path = tmp_path / "cat.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\xff")
    with pytest.raises(ScenarioError, match=r"^cat.png: cannot be read"):
        load_scenario(str(path))


def test_empty_file_is_the_default_scenario_named_after_its_file(tmp_path: Path) -> None:
    """Everything has a default; only the name comes from the file."""
    loaded = load_scenario(scenario_file(tmp_path, ""))
    assert loaded == Scenario(name="my")


def test_file_of_all_fields_loads_as_written(tmp_path: Path) -> None:
    """What a resolved scenario says, written as YAML and loaded, is the same scenario: nothing is lost."""
    written = Scenario(name="my", seed=9).changed(
        **{"population.personas": {"lurker": 0.9}, "slo": ["a < 1"]}
    )
    text = yaml.safe_dump(written.resolved())
    assert load_scenario(scenario_file(tmp_path, text)) == written


@pytest.mark.parametrize("name", bundled_scenarios())
def test_bundled_scenario_loads_by_name_and_says_its_purpose(name: str) -> None:
    """Every bundled scenario is right, is called like its file and tells what it is for."""
    scenario = load_scenario(name)
    assert scenario.name == name
    assert scenario.purpose.endswith(".")


def test_file_in_the_folder_wins_over_bundled_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path that exists is what the user means."""
    (tmp_path / "smoke").write_text("seed: 77")
    monkeypatch.chdir(tmp_path)
    assert load_scenario("smoke").seed == 77


def test_change_of_dotted_field_is_checked_like_the_file() -> None:
    """An option of the command line meets the limits of the file, and the error says where it came from."""
    with pytest.raises(ScenarioError, match=r"^command line: population.members is -3; must be >= 2$"):
        Scenario().changed(**{"population.members": -3})


def test_change_to_none_leaves_the_field() -> None:
    """An option that was not given changes nothing."""
    assert Scenario().changed(seed=None) == Scenario()


def test_digest_of_equal_scenarios_is_equal_and_of_others_not() -> None:
    """The digest depends on what the scenario says, not on how it was written down."""
    assert Scenario(seed=1).digest() == Scenario().digest()
    assert Scenario(seed=2).digest() != Scenario().digest()


def test_resolved_scenario_reads_back_the_same() -> None:
    """The scenario in a record is the scenario that ran."""
    scenario = Scenario(name="x", duration="90m")
    assert resolved_scenario(scenario.resolved(), "run.json") == scenario


def test_default_scenario_is_frozen() -> None:
    """Settings are checked once; nobody changes them afterwards."""
    with pytest.raises(ValueError, match="frozen"):
        Scenario().seed = 2
