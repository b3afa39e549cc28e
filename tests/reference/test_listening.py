"""The socket on which the reference platform listens."""

import asyncio
import socket

from flashcrowd.reference.server import _listening


def test_accepted_connection_sends_at_once() -> None:
    """Connections that asyncio accepts have TCP_NODELAY, so no answer waits for an acknowledgement."""

    async def nodelay_of_first_connection() -> int:
        found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        class Protocol(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                sock = transport.get_extra_info("socket")
                found.set_result(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
                transport.close()

        with _listening("127.0.0.1", 0) as listener:
            server = await asyncio.get_running_loop().create_server(Protocol, sock=listener)
            async with server:
                with socket.create_connection(listener.getsockname()):
                    return await found

    assert asyncio.run(nodelay_of_first_connection()) == 1
