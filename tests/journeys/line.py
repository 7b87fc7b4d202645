"""A reader's line to the forum, which a journey can cut and mend: a small SOCKS5 relay."""

import contextlib
import socket
import struct
import threading

VERSION, NO_PASSWORD, CONNECT, BY_NAME, DONE, FAILED = 5, 0, 1, 3, 0, 5


class Line:
    """Carries a browser's connections; while it is cut, those it had are gone and new ones fail."""

    def __init__(self) -> None:
        self._open = True
        self._sockets: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def proxy(self) -> dict[str, str]:
        """What a browser context takes to use this line, for addresses on this machine too."""
        return {"server": f"socks5://127.0.0.1:{self._listener.getsockname()[1]}", "bypass": "<-loopback>"}

    def cut(self) -> None:
        self._open = False
        for one in list(self._sockets):
            _end(one)

    def mend(self) -> None:
        self._open = True

    def close(self) -> None:
        self.cut()
        _end(self._listener)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                browser, _address = self._listener.accept()
                threading.Thread(target=self._serve, args=(browser,), daemon=True).start()

    def _serve(self, browser: socket.socket) -> None:
        """Do the greeting of RFC 1928, then carry bytes both ways until either side ends."""
        with browser, contextlib.suppress(OSError, struct.error):
            self._sockets.add(browser)
            browser.recv(2 + 255)
            browser.sendall(bytes([VERSION, NO_PASSWORD]))
            target = _target(browser)
            if not self._open or target is None:
                browser.sendall(bytes([VERSION, FAILED, 0, 1]) + bytes(6))
                return
            with socket.create_connection(target) as forum:
                self._sockets.add(forum)
                browser.sendall(bytes([VERSION, DONE, 0, 1]) + bytes(6))
                back = threading.Thread(target=_carry, args=(forum, browser), daemon=True)
                back.start()
                _carry(browser, forum)
                back.join()
                self._sockets.discard(forum)
        self._sockets.discard(browser)


def _target(browser: socket.socket) -> tuple[str, int] | None:
    """Read where the browser wants to go: a name, or an IPv4 address."""
    _version, command, _reserved, kind = browser.recv(4)
    host = browser.recv(browser.recv(1)[0]).decode("ascii") if kind == BY_NAME else socket.inet_ntoa(browser.recv(4))
    (port,) = struct.unpack("!H", browser.recv(2))
    return (host, port) if command == CONNECT else None


def _carry(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    for one in (source, target):
        _end(one)


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
