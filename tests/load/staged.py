"""Staged servers on loopback: each answers every connection by a script, in plain threads."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Peer:
    """One accepted connection as a script sees it."""

    def __init__(self, sock: socket.socket, number: int) -> None:
        self.sock = sock
        self.number = number

    def request(self) -> bytes:
        """The next request, head and body; empty when the client has gone."""
        data = b""
        while b"\r\n\r\n" not in data:
            piece = self.sock.recv(65536)
            if not piece:
                return b""
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                while len(body) < int(line.split(b":")[1]):
                    body += self.sock.recv(65536)
        return head + b"\r\n\r\n" + body

    def send(self, data: bytes) -> None:
        """Send all of `data`."""
        self.sock.sendall(data)


class Staged:
    """A running server: its port, and how many connections and requests it has seen."""

    def __init__(self, script: Callable[[Peer], None]) -> None:
        self.script = script
        self.connections = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.peers: list[socket.socket] = []
        self.threads = [threading.Thread(target=self._accept, daemon=True)]
        self.threads[0].start()

    def close(self) -> None:
        """Close the listener and every connection, and wait for the threads."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for peer in self.peers:
            try:
                peer.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        for thread in self.threads:
            thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            self.peers.append(sock)
            thread = threading.Thread(target=self._serve, args=(Peer(sock, self.connections),), daemon=True)
            self.threads.append(thread)
            thread.start()

    def _serve(self, peer: Peer) -> None:
        with peer.sock:
            try:
                self.script(peer)
            except OSError:
                return


@contextmanager
def staged(script: Callable[[Peer], None]) -> Iterator[Staged]:
    """A server that runs `script(peer)` for every connection."""
    server = Staged(script)
    try:
        yield server
    finally:
        server.close()


def always(answer: bytes) -> Callable[[Peer], None]:
    """A script that gives the same answer to every request of a connection."""

    def script(peer: Peer) -> None:
        while peer.request():
            peer.send(answer)

    return script


def once(*pieces: bytes) -> Callable[[Peer], None]:
    """A script that answers one request by these pieces and closes."""

    def script(peer: Peer) -> None:
        peer.request()
        for piece in pieces:
            peer.send(piece)

    return script


def plain(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    """An HTTP/1.1 answer with a length."""
    lines = b"".join(header + b"\r\n" for header in headers)
    return b"HTTP/1.1 " + status + b"\r\nContent-Length: %d\r\n" % len(body) + lines + b"\r\n" + body
