"""rediss:// to a real server with a certificate of our own."""

from __future__ import annotations

import datetime
import ipaddress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.engine.ports import Stored, StoreUnavailable
from bot.store.client import Client
from bot.store.journal import RedisJournal
from tests.store.contract import opening
from tests.store.server import ServerProcess, debian_redis, free_port


def certificate(folder: Path) -> tuple[Path, Path]:
    """A key and a self-signed certificate for 127.0.0.1, valid for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(hours=1)).not_valid_after(
        now + datetime.timedelta(days=1)
    )
    signed = builder.add_extension(address, critical=False).sign(key, hashes.SHA256())
    key_file, certificate_file = folder / "key.pem", folder / "certificate.pem"
    private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, *private))
    certificate_file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    return key_file, certificate_file


@pytest.mark.machine
async def test_tls(tmp_path: Path) -> None:
    key, trusted = certificate(tmp_path)
    port = free_port()
    with ServerProcess(
        tmp_path / "server",
        debian_redis(),
        tls_port=str(port),
        tls_key_file=str(key),
        tls_cert_file=str(trusted),
        tls_auth_clients="no",
    ):
        client = Client(f"rediss://127.0.0.1:{port}?ssl_ca_certs={trusted}")
        assert await RedisJournal(client).append(opening()) == Stored(2)
        await client.close()
        stranger = Client(f"rediss://127.0.0.1:{port}", retry_for=0.1)
        with pytest.raises(StoreUnavailable, match=r"cannot be reached .*certificate"):
            await RedisJournal(stranger).number("a")
        await stranger.close()
