"""The designer's canvas as a person handles it: places, wires, menus, the panel."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

API = """async ([method, path, body]) => {
  const answer = await fetch(path, {method, headers: {'Content-Type': 'application/json',
    'X-CSRFToken': document.querySelector('meta[name=csrf-token]').content},
    body: body === null ? undefined : JSON.stringify(body)});
  const text = await answer.text();
  return {status: answer.status, body: text ? JSON.parse(text) : null};
}"""


def node(id: str, component: str, x: float = 0, y: float = 0, **params: Any) -> dict[str, Any]:
    return {"id": id, "component": component, "version": 1, "title": id, "x": x, "y": y, "params": params, "comment": ""}


def wire(text: str) -> dict[str, str]:
    """ "a.table > b.rows" """
    (source, source_port), (target, target_port) = (part.strip().split(".") for part in text.split(">"))
    return {"source": source, "source_port": source_port, "target": target, "target_port": target_port}


def graph(nodes: list[dict[str, Any]], *wires: str) -> dict[str, Any]:
    return {"format": 1, "nodes": nodes, "edges": [wire(text) for text in wires]}


class Canvas:
    def __init__(self, page: Page, server: Any, *, name: str = "A story", drawn: dict[str, Any] | None = None) -> None:
        self.page, self.server = page, server
        self.root = f"/api/v1/w/{server.workspace}/pipelines"
        answer = self.api("POST", self.root, {"name": name, **({"graph": drawn} if drawn else {})})
        assert answer["status"] == 201, answer
        self.id: int = answer["body"]["id"]
        self.open()

    @property
    def url(self) -> str:
        return f"{self.server.url}/w/{self.server.workspace}/designer/{self.id}/"

    def open(self) -> None:
        self.page.goto(self.url)
        self.page.locator(".designer-canvas").wait_for()
        if self.stored()["nodes"]:
            self.page.locator(".dnode").first.wait_for()

    def api(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        return self.page.evaluate(API, [method, path, body])

    def stored(self) -> dict[str, Any]:
        """The drawing as the server has it."""
        return self.api("GET", f"{self.root}/{self.id}")["body"]["graph"]

    # Looking

    @property
    def nodes(self) -> Locator:
        return self.page.locator(".react-flow__node")

    @property
    def wires(self) -> Locator:
        return self.page.locator(".react-flow__edge")

    @property
    def selected(self) -> Locator:
        return self.page.locator(".react-flow__node.selected")

    @property
    def panel(self) -> Locator:
        return self.page.locator(".dpanel")

    @property
    def menu(self) -> Locator:
        return self.page.locator(".dpopover")

    def node(self, title: str) -> Locator:
        return self.nodes.filter(has=self.page.locator(".dnode-title", has_text=re.compile(f"^{re.escape(title)}$")))

    def port(self, title: str, port: str) -> Locator:
        return self.node(title).locator(f".dport[data-port={port}]")

    def expect_counts(self, nodes: int, wires: int) -> None:
        expect(self.nodes).to_have_count(nodes)
        expect(self.wires).to_have_count(wires)

    def expect_saved(self) -> None:
        expect(self.page.locator(".dsave")).to_have_text(re.compile("^ ?Saved$"))

    # Doing

    def focus(self) -> None:
        """The keyboard belongs to the canvas."""
        self.page.locator(".designer-canvas").focus()

    def place(self, title: str, x: float, y: float) -> None:
        item = self.page.locator(".dpalette-item").filter(has_text=re.compile(f"^ ?{re.escape(title)}$"))
        item.drag_to(self.page.locator(".designer-canvas"), target_position={"x": x, "y": y})
        self.node(title).wait_for()

    def drag(self, start: Locator, to: Locator | tuple[float, float], *, let_go: bool = True) -> None:
        """From the middle of one thing to the middle of another, or so far away."""
        box = start.bounding_box()
        assert box
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        if isinstance(to, Locator):
            end = to.bounding_box()
            assert end
            target = (end["x"] + end["width"] / 2, end["y"] + end["height"] / 2)
        else:
            target = (x + to[0], y + to[1])
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(*target, steps=10)
        if let_go:
            self.page.mouse.up()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
