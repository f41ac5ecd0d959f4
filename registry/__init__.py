"""Remembers: records and their rules. JSON only, no HTML, no process is ever started here."""
