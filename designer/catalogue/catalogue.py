"""Look-up of components, with "did you mean"."""

import difflib
from collections.abc import Iterable, Iterator
from typing import Any

from designer.catalogue import types
from designer.catalogue.component import Component
from registry.errors import NotFound


class Catalogue:
    """The components there are, in the order in which the palette shows them."""

    def __init__(self, components: Iterable[Component]) -> None:
        self._components: dict[str, Component] = {}
        for component in components:
            if component.id in self._components:
                raise ValueError(f"two components are called {component.id!r}")
            self._components[component.id] = component

    def __getitem__(self, id: str) -> Component:
        try:
            return self._components[id]
        except KeyError:
            raise NotFound(self.unknown(id), code="unknown-component") from None

    def __contains__(self, id: str) -> bool:
        return id in self._components

    def __iter__(self) -> Iterator[Component]:
        return iter(self._components.values())

    def __len__(self) -> int:
        return len(self._components)

    def get(self, id: str) -> Component | None:
        return self._components.get(id)

    def unknown(self, id: str) -> str:
        """The sentence for a component that is not here, with the nearest that is."""
        close = difflib.get_close_matches(id, self._components, n=1)
        hint = f" Did you mean {self._components[close[0]].title}?" if close else ""
        return f"There is no component {id!r} in this studio.{hint}"

    def to_json(self) -> dict[str, Any]:
        """For the canvas' palette and panels."""
        return {"components": [component.to_json() for component in self], "types": dict(types.TITLES)}
