"""The shared vectors as pytest parameters."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

VECTORS = Path(__file__).parent.parent / "fixtures/vectors"

Vector = dict[str, Any]


def load(name: str) -> Vector:
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def each(name: str, part: str) -> Callable[[Any], Any]:
    vectors = load(name)[part]
    return pytest.mark.parametrize("vector", vectors, ids=[vector.get("why", "") for vector in vectors])
