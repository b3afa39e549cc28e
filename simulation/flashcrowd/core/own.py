"""What users add in one Python file of their own: a persona, a ranker, a decision, named `FILE.py:NAME`.

A file is run once in a process. What is wrong with it is said in one line, with the file and the line.
"""

import ast
import hashlib
import sys
import traceback
from functools import cache
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, Final

from flashcrowd.core.errors import ScenarioError
from flashcrowd.core.registry import nearest

MARK: Final = ".py:"
MODULES: Final = "flashcrowd_own_"
"""How the modules of users' files are called begins so."""


def is_own(name: str) -> bool:
    """Whether a name is of the form `FILE.py:NAME`.

    >>> is_own("mine.py:kindest"), is_own("chronological")
    (True, False)
    """
    return MARK in name


def anchored(reference: str, folder: Path) -> str:
    """The reference with its file's whole path, given the folder that it is relative to."""
    if not is_own(reference):
        return reference
    path, name = reference.rsplit(":", 1)
    return f"{(folder / path).resolve()}:{name}"


def load_own(reference: str) -> Any:
    """The object `NAME` of the file in `FILE.py:NAME`.

    Raises:
        ScenarioError: names file and line.
    """
    path, name = reference.rsplit(":", 1)
    module = _module(Path(path).resolve())
    if not hasattr(module, name):
        known = [one for one in vars(module) if not one.startswith("_")]
        raise ScenarioError(f"{path}: defines no {name}{nearest(name, known)}")
    return getattr(module, name)


def digest_of(references: list[str]) -> str:
    """A digest of the files behind some references: what they did is not comparable once one has changed.

    Raises:
        ScenarioError: when one cannot be read.
    """
    digest = hashlib.sha256()
    for path in sorted({reference.rsplit(":", 1)[0] for reference in references}):
        digest.update(_text(Path(path)).encode())
    return digest.hexdigest()[:16]


def place_of(function: Any) -> str:
    """File and line where a function of the user's begins, as `mine.py:7`."""
    code = function.__code__
    return f"{Path(code.co_filename).name}:{code.co_firstlineno}"


def place_of_error(error: BaseException, function: Any) -> str:
    """File and line where an error came up in the file of a function; where that begins, if elsewhere."""
    code: CodeType = function.__code__
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == code.co_filename
    ]
    return f"{Path(code.co_filename).name}:{lines[-1]}" if lines else place_of(function)


def mistake_of(error: BaseException) -> str | None:
    """An error that came up in a file of the user's, in one line; None for any other.

    >>> mistake_of(ValueError("ours")) is None
    True
    """
    files = {module.__file__ for name, module in list(sys.modules.items()) if name.startswith(MODULES)}
    frames = [one for one in traceback.extract_tb(error.__traceback__) if one.filename in files]
    if not frames:
        return None
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}: {type(error).__name__}: {error}"


def divisions_of(references: list[str]) -> list[str]:
    """Where the files behind some references divide by what may be 0, in order, as `mine.py:7`."""
    places = []
    for path in sorted({Path(reference.rsplit(":", 1)[0]) for reference in references}):
        lines = {line for node in ast.walk(ast.parse(_text(path))) if (line := _line_of_division(node))}
        places += [f"{path.name}:{line}" for line in sorted(lines)]
    return places


def _line_of_division(node: ast.AST) -> int:
    """The line of a piece of code that divides by anything but a number that is not 0; 0 of any other."""
    if not isinstance(node, ast.BinOp | ast.AugAssign):
        return 0
    by = node.right if isinstance(node, ast.BinOp) else node.value
    harmless = isinstance(by, ast.Constant) and bool(by.value)
    return node.lineno if isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod) and not harmless else 0


@cache
def _module(path: Path) -> ModuleType:
    text = _text(path)
    name = f"{MODULES}{path.stem}_{hashlib.sha256(str(path).encode()).hexdigest()[:8]}"
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module
    try:
        exec(compile(text, str(path), "exec"), module.__dict__)
    except SyntaxError as error:
        raise ScenarioError(f"{path.name}:{error.lineno}: not Python: {error.msg}") from error
    except Exception as error:
        frames = [one for one in traceback.extract_tb(error.__traceback__) if one.filename == str(path)]
        line = frames[-1].lineno if frames else 1
        raise ScenarioError(f"{path.name}:{line}: {type(error).__name__}: {error}") from error
    return module


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ScenarioError(f"{path}: cannot be read: {reason}") from error
