"""Acts and shows: settings, pages, sockets, the engine, every process."""
