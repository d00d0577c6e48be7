"""The contract's models: what the operations take and give back. Each is loaded when it is first asked for."""

from typing import TYPE_CHECKING

from ._generated import models as _models

if TYPE_CHECKING:
    from ._generated.models import *  # noqa: F403


def __getattr__(name: str) -> object:
    return getattr(_models, name)


def __dir__() -> list[str]:
    return dir(_models)
