"""The web process: serves on a listening socket that `up` holds, so that an address outlives a crash of the server.

    python -m studio.operations.web <file descriptor>
"""

import socket
import sys

import uvicorn


def main(descriptor: int) -> None:
    listening = socket.socket(fileno=descriptor)
    config = uvicorn.Config(
        "studio.asgi:application",
        lifespan="off",  # Channels' router has none
        proxy_headers=False,  # anybody could claim to be a proxy
        server_header=False,
        access_log=False,
        log_level="warning",
        # Open sockets and half-sent files do not hold up the end.
        timeout_graceful_shutdown=2,
        ws_max_size=64 * 1024,
    )
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main(int(sys.argv[1]))
