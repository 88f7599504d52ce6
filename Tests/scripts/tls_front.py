"""A door with TLS before servers that have none, for Tests/HTTPTests and tls.py.

Makes a certificate authority of its own and prints `FOLDER PORT`: the folder with ca.pem, and the
port of its control connection; or what is missing. Each line there, `UPSTREAM CERTIFICATE`, opens a
port with TLS (its number is the answer) whose connections go to the port UPSTREAM of 127.0.0.1:
byte for byte, ends as ends and resets as resets. It ends with the control connection.
"""

import asyncio
import os
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile

# What each certificate is for, and the days that it is good for.
SERVERS = {
    "good": ("DNS:localhost,IP:127.0.0.1", 2),
    "stranger": ("DNS:example.invalid", 2),
    "expired": ("DNS:localhost,IP:127.0.0.1", -1),
}


def openssl(folder, *words):
    subprocess.run(
        ["openssl", *words], cwd=folder, check=True, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)


def make_certificates(folder):
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl(
        folder, "req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2",
        "-subj", "/CN=Test authority")
    for name, (names, days) in SERVERS.items():
        openssl(
            folder, "req", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr",
            "-subj", f"/CN={name}")
        with open(os.path.join(folder, f"{name}.ext"), "w") as file:
            file.write(f"subjectAltName={names}\n")
        openssl(
            folder, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-out", f"{name}.pem", "-days", str(days), "-extfile", f"{name}.ext")


def reset(writer):
    writer.get_extra_info("socket").setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()
    except ConnectionResetError:
        reset(writer)
    except (OSError, ssl.SSLError):
        writer.close()


async def serve(upstream, reader, writer):
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        back_reader, back_writer = await asyncio.open_connection("127.0.0.1", upstream)
    except OSError:
        return reset(writer)
    await asyncio.gather(pump(reader, back_writer), pump(back_reader, writer))


async def control(folder, reader, writer, over):
    while line := await reader.readline():
        upstream, name = line.decode().split()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{folder}/{name}.pem", f"{folder}/{name}.key")
        server = await asyncio.start_server(
            lambda r, w, port=int(upstream): serve(port, r, w), "127.0.0.1", 0, ssl=context)
        writer.write(b"%d\n" % server.sockets[0].getsockname()[1])
    over.set()


async def main(folder):
    over = asyncio.Event()
    server = await asyncio.start_server(
        lambda r, w: control(folder, r, w, over), "127.0.0.1", 0)
    print(folder, server.sockets[0].getsockname()[1], flush=True)
    await over.wait()


if __name__ == "__main__":
    if not shutil.which("openssl"):
        sys.exit(print("there is no openssl", flush=True))
    place = tempfile.mkdtemp(prefix="tls-front-")
    try:
        make_certificates(place)
        asyncio.run(main(place))
    finally:
        shutil.rmtree(place)
