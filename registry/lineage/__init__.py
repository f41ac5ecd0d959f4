"""Where things come from and what became of them: data → run → model → version, read from what runs wrote down."""
