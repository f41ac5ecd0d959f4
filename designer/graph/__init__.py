"""Nodes, ports and wires; edits return a new graph. Knows neither components nor Django."""
