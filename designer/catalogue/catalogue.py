"""Look-up of components, with "did you mean"."""

import difflib
from collections.abc import Iterable, Iterator

from designer.catalogue.component import Component
from registry.errors import NotFound


class Catalogue:
    def __init__(self, components: Iterable[Component]) -> None:
        self._components = {component.id: component for component in components}

    def __getitem__(self, id: str) -> Component:
        try:
            return self._components[id]
        except KeyError:
            close = difflib.get_close_matches(id, self._components, n=1)
            hint = f" Did you mean {self._components[close[0]].title}?" if close else ""
            raise NotFound(f"There is no component {id!r}.{hint}", code="unknown-component") from None

    def __contains__(self, id: str) -> bool:
        return id in self._components

    def __iter__(self) -> Iterator[Component]:
        return iter(self._components.values())

    def get(self, id: str) -> Component | None:
        return self._components.get(id)
