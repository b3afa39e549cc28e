"""Study files: one YAML file asks what a change of a scenario does, over many seeds.

`load_study` checks the file once, at the door, the scenario of every arm too: `ScenarioError` names file,
field, what was found and what is allowed.
"""

import itertools
import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from pydantic import Field, ValidationError, model_validator

from flashcrowd.core.errors import ScenarioError
from flashcrowd.core.registry import nearest
from flashcrowd.core.scenario import Scenario, changed_scenario, load_scenario
from flashcrowd.core.settings import Settings
from flashcrowd.core.strict_yaml import complaints, find_yaml, read_yaml

MOST_ARMS: Final = 100

Changes = dict[str, Any]
"""Dotted fields of a scenario -> their values."""


class Study(Settings):
    """One study file.

    An arm is the scenario with some fields changed; all arms live through the same seeds. Arms are named one
    by one (`arms`), or are every combination of some values (`grid`).
    """

    name: str = "study"
    question: str = Field("", description="what the study asks, in one sentence")
    purpose: str = Field("", description="for whom, and what an answer is good for")
    scenario: str = Field(
        "", description="a bundled scenario or a file beside this one; empty = the defaults"
    )
    change: Changes = Field(
        default_factory=dict, description="fields changed in every arm, as `content.topics: 5`"
    )
    arms: dict[str, Changes] = Field(default_factory=dict, description="name -> fields changed in it")
    grid: dict[str, list[Any]] = Field(
        default_factory=dict, description="field -> its values: every combination is an arm"
    )
    control: str = Field("", description="the arm that the others are held against; empty = the first")
    seeds: int = Field(20, ge=2, le=1000, description="runs of each arm; a claim needs 20")
    outcomes: tuple[str, ...] = Field(
        min_length=1, description="what is compared, the one that answers the question first"
    )
    answer_arm: str = Field("", description="the arm that the answer speaks of; empty = the last")

    @model_validator(mode="after")
    def _holds_together(self) -> "Study":
        if bool(self.arms) == bool(self.grid):
            raise ValueError("a study needs either arms or grid")
        for field, values in self.grid.items():
            if not values:
                raise ValueError(f"grid.{field} is empty; must hold the values of the arms")
        names = list(self.changes)
        if not 2 <= len(names) <= MOST_ARMS:
            raise ValueError(f"the study has {len(names)} arms; must be 2 to {MOST_ARMS}")
        for field in ("control", "answer_arm"):
            named = getattr(self, field)
            if named and named not in names:
                hint = nearest(named, names) or f"; known: {', '.join(names)}"
                raise ValueError(f"{field} is {named!r}; must be an arm{hint}")
        return self

    @property
    def changes(self) -> dict[str, Changes]:
        """Arm -> the fields changed in it, without those of all arms."""
        if self.arms:
            return self.arms
        combinations = itertools.product(*self.grid.values())
        named = (dict(zip(self.grid, values, strict=True)) for values in combinations)
        return {_name_of(fields): fields for fields in named}

    @property
    def first(self) -> str:
        """The arm that the others are held against."""
        return self.control or next(iter(self.changes))

    @property
    def answering(self) -> str:
        """The arm that the answer speaks of."""
        return self.answer_arm or [name for name in self.changes if name != self.first][-1]


@dataclass(frozen=True)
class Plan:
    """A study with the scenario of each of its arms.

    Attributes:
        study: the file.
        arms: name -> scenario, the control first.
    """

    study: Study
    arms: Mapping[str, Scenario]


def load_study(name_or_path: str, changes: Mapping[str, Any] | None = None) -> Plan:
    """The study in a file, or the bundled one of that name.

    Args:
        changes: dotted fields changed in every arm last of all (of the command line); None leaves a field.

    Raises:
        ScenarioError: names file, field, what was found and what is allowed.
    """
    path = find_yaml(name_or_path, bundled_studies(), "study")
    study = _checked(read_yaml(path), path)
    return Plan(study, _arms(study, path, changes or {}))


def is_study(name_or_path: str) -> bool:
    """Whether a file is a study, or a bundled study has that name; False when it is neither there.

    Raises:
        ScenarioError: when the file is not YAML.
    """
    path = Path(name_or_path)
    if not os.path.isfile(path):
        return name_or_path in bundled_studies()
    return bool({"arms", "grid", "outcomes"} & read_yaml(path).keys())


def bundled_studies() -> dict[str, Path]:
    """Name -> path of the studies that come with Flashcrowd."""
    folder = Path(str(files("flashcrowd.scenarios"))) / "studies"
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def _checked(data: dict[str, Any], path: Path) -> Study:
    try:
        return Study.model_validate({"name": path.stem, **data})
    except ValidationError as error:
        raise ScenarioError(f"{path.name}: {complaints(error, Study)}") from error


def _arms(study: Study, path: Path, last: Mapping[str, Any]) -> dict[str, Scenario]:
    base = _base(study, path)
    common = changed_scenario(base, study.change, f"{path.name}: change")
    place = "arms" if study.arms else "grid"
    names = sorted(study.changes, key=lambda name: name != study.first)
    return {
        name: changed_scenario(common, study.changes[name], f"{path.name}: {place} ({name})")
        .anchored(path.parent)
        .changed(**last)
        for name in names
    }


def _base(study: Study, path: Path) -> Scenario:
    """The scenario that the arms change: beside the study's file, or bundled, or the defaults."""
    if not study.scenario:
        return Scenario(name=study.name)
    beside = path.parent / study.scenario
    return load_scenario(str(beside) if os.path.isfile(beside) else study.scenario)


def _name_of(fields: Changes) -> str:
    """`engagement` for one field with a word; `ai_share=0.3, topics=5` for others, the whole field where its
    last part does not say which."""
    if len(fields) == 1 and all(isinstance(value, str) for value in fields.values()):
        return str(*fields.values())
    leaves = [field.rsplit(".", 1)[-1] for field in fields]
    return ", ".join(
        f"{leaf if leaves.count(leaf) == 1 else field}={_plain(value)}"
        for leaf, (field, value) in zip(leaves, fields.items(), strict=True)
    )


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
