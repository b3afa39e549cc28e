"""Reads YAML strictly, and says in one line what is wrong: the field, what was found, what is allowed."""

import os
import reprlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from flashcrowd.core.errors import ScenarioError
from flashcrowd.core.registry import nearest
from flashcrowd.core.timeline import EVENT_KINDS


class _Loader(yaml.SafeLoader):
    """Plain YAML, in which no key may stand twice (YAML would silently keep the last)."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"{key.value} stands twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def find_yaml(name_or_path: str, bundled: Mapping[str, Path], kind: str) -> Path:
    """The file at a path, or the bundled one of that name; `kind` says in errors what is looked for.

    Raises:
        ScenarioError: names what is bundled.
    """
    if os.path.isfile(name_or_path):  # unlike Path.is_file, False for what no path can be
        return Path(name_or_path)
    if name_or_path not in bundled:
        raise ScenarioError(f"{name_or_path}: no such file or bundled {kind} ({', '.join(bundled)})")
    return bundled[name_or_path]


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping that a file holds; empty for an empty file.

    Raises:
        ScenarioError: names file and line.
    """
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path.name}: cannot be read: {error}") from error
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:  # 2024-13-01 is a ValueError
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}, column {mark.column + 1}:" if mark else ""
        problem = " ".join(str(getattr(error, "problem", None) or error).split())
        raise ScenarioError(f"{path.name}:{where} not YAML: {problem}") from error
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise ScenarioError(f"{path.name}: holds a {type(data).__name__}; must be a mapping of sections")
    return data


def complaints(error: ValidationError, model: type[BaseModel]) -> str:
    """Everything that pydantic found wrong with the fields of a model, in our words."""
    return "; ".join(_complaint(problem, model) for problem in error.errors())


def _complaint(problem: Any, model: type[BaseModel]) -> str:
    """One pydantic error in our words: `load.time_lapse is -5; must be > 0`."""
    path = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        known = _fields_of(problem["loc"][:-1], model)
        hint = nearest(str(problem["loc"][-1]), known) or f"; known: {', '.join(known)}"
        return f"{path} is not a known key{hint}"
    if problem["type"] == "missing":
        return f"{path} is missing"
    found = f"{path} is {reprlib.repr(problem['input'])}"
    context = problem.get("ctx", {})
    for key, sign in (("gt", ">"), ("ge", ">="), ("lt", "<"), ("le", "<=")):
        if key in context:
            limit = f"{context[key]:,}".removesuffix(".0")
            return f"{found}; must be {sign} {limit}"
    if problem["type"] in ("model_type", "model_attributes_type"):
        return f"{found}; must be a section of keys: {', '.join(_fields_of(problem['loc'], model))}"
    message = problem["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    return f"{found}; {message}" if path else message


def _section(annotation: Any) -> Any:
    """The class of settings that a field holds: itself, one or none of it, or several."""
    kinds = (annotation, *get_args(annotation))
    return next(
        (kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), annotation
    )


def _fields_of(location: tuple[int | str, ...], root: type[BaseModel]) -> list[str]:
    """Keys of the section at a place; of an entry of `events`, those of its kind, or `kind` without one."""
    model: Any = root
    for part in location:
        if part in EVENT_KINDS:
            model = EVENT_KINDS[str(part)]
        elif isinstance(part, str):
            model = _section(model.model_fields[part].annotation)
    return list(getattr(model, "model_fields", ("kind",)))
