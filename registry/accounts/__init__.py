"""People and their tokens. The lowest app: everybody may know it, it knows nobody."""
