"""A certificate authority, a certificate for api.openai.com, and a CONNECT proxy."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
import threading
from pathlib import Path

NAMES = (
    "subjectAltName=DNS:api.openai.com,DNS:chatgpt.com,DNS:auth.openai.com,DNS:localhost,"
    "IP:127.0.0.1"
)
LEAF = (
    f"{NAMES}\nbasicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
    "extendedKeyUsage=serverAuth\n"
)


def tls_pair(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A new authority's certificate, and a server context with a certificate from it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "leaf.ext").write_text(
        LEAF + "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n", encoding="ascii"
    )
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout"]
    usage = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"]
    _openssl(
        folder,
        "req",
        "-x509",
        *key,
        "ca.key",
        "-out",
        "ca.pem",
        "-days",
        "2",
        "-subj",
        "/CN=Test authority",
        *usage,
    )
    _openssl(folder, "req", *key, "leaf.key", "-out", "leaf.csr", "-subj", "/CN=api.openai.com")
    signed = [
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-extfile",
        "leaf.ext",
        "-days",
        "2",
    ]
    _openssl(folder, "x509", "-req", "-in", "leaf.csr", *signed, "-out", "leaf.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "leaf.pem", folder / "leaf.key")
    return folder / "ca.pem", context


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, timeout=60)


class ConnectProxy:
    """A CONNECT proxy on loopback: for every host, the tunnel ends at one local port."""

    def __init__(self, port: int) -> None:
        self.to = port
        self.hosts: list[str] = []  # "host:port" of every CONNECT
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._closed = threading.Event()
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    def __enter__(self) -> ConnectProxy:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._closed.is_set():
            return
        self._closed.set()
        with contextlib.suppress(OSError):
            socket.create_connection(self._socket.getsockname(), timeout=5).close()
        self._acceptor.join()
        self._socket.close()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for connection in self._open:
            connection.close()

    def _accept(self) -> None:
        while not self._closed.is_set():
            connection, _ = self._socket.accept()
            self._open.append(connection)
            thread = threading.Thread(target=self._tunnel, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _tunnel(self, client: socket.socket) -> None:
        """Answer one CONNECT and carry bytes both ways until both ends are done."""
        asked = b""
        with contextlib.suppress(OSError):
            while b"\r\n\r\n" not in asked:
                more = client.recv(4096)
                if not more:
                    return
                asked += more
            verb, host, _ = asked.split(b"\r\n")[0].decode("ascii", "replace").split(" ", 2)
            if verb != "CONNECT":
                client.sendall(
                    b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n"
                    b"Connection: close\r\n\r\n"
                )
                client.shutdown(socket.SHUT_RDWR)
                return
            self.hosts.append(host)
            server = socket.create_connection(("127.0.0.1", self.to))
            self._open.append(server)
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_carry, args=(server, client), daemon=True)
            back.start()
            _carry(client, server)
            back.join()


def _carry(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65_536):
            target.sendall(piece)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
