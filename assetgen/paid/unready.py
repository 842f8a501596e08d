"""Why a connection to a provider cannot even be made: certificates, the proxy. With the fix."""

from __future__ import annotations

import os
import ssl

from assetgen.cure import Cure, advice, command
from assetgen.paid import proxies
from assetgen.settings.config import wrong_proxy
from assetgen.settings.provider import Provider

#: Variables of the environment that name certificates; the first one that is set is used.
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
_PROXIES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
#: OpenSSL's codes of a certificate that has expired, and of one for another host.
_EXPIRED, _OTHER_HOST = (10,), (62, 64)


def client(exc: Exception, provider: Provider) -> tuple[str, Cure]:
    """What is wrong, and the cure, where the client of ``provider`` cannot be created."""
    if isinstance(exc, OSError):
        return _certificates(exc, provider)
    if isinstance(exc, ValueError):
        where = _proxy_setting(provider)
        wrong = wrong_proxy(proxies.proxy(provider) or "") or "cannot be used"
        what = f"the proxy that {where} names {wrong}"
        return what, advice("correct {where}: use http://HOST:PORT, or remove it", where=where)
    return f"the client cannot be created: {type(exc).__name__}: {exc}", command("assetgen doctor")


def is_no_name(exc: BaseException) -> bool:
    """Whether a host cannot be looked up, such as one with an empty part: nothing was sent."""
    return isinstance(exc, UnicodeError) and "idna" in str(exc)


def _proxy_setting(provider: Provider) -> str:
    if provider.proxy:
        return f"[gateway.{provider.name}] in your own configuration"
    return next((name for name in _PROXIES if os.environ.get(name)), "the system")


def _certificates(exc: OSError, provider: Provider) -> tuple[str, Cure]:
    named = _set_variable() if provider.trusts_environment else None
    why = exc.strerror or str(exc)
    if named is None:
        what = f"the certificates of this system cannot be loaded: {why}"
        return what, advice(
            "repair the certificates of the system, for example: update-ca-certificates"
        )
    path = os.environ[named]
    if _loads(named, path):  # ssl also opens this file, in which it logs keys
        named, path = "SSLKEYLOGFILE", os.environ.get("SSLKEYLOGFILE", "")
        return f"{named} names {path!r}, which cannot be written: {why}", advice(
            "unset {named}", named=named
        )
    what = f"{named} names {path!r}, from which no certificates can be loaded: {why}"
    return what, advice(
        "set {named} to a file of certificates in PEM format, or unset it", named=named
    )


def _set_variable() -> str | None:
    return next((name for name in _CERTIFICATES if os.environ.get(name)), None)


def _loads(variable: str, path: str) -> bool:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        if variable == "SSL_CERT_FILE":
            context.load_verify_locations(cafile=path)
        else:
            context.load_verify_locations(capath=path)
    except OSError:
        return False
    return True


def untrusted(exc: BaseException | None) -> ssl.SSLCertVerificationError | None:
    """The error of a certificate that is not accepted, if that is behind ``exc``."""
    seen = 0
    while exc is not None and seen < 20:
        if isinstance(exc, ssl.SSLCertVerificationError):
            return exc
        exc, seen = exc.__cause__ or exc.__context__, seen + 1
    return None


def certificate(exc: ssl.SSLCertVerificationError, provider: Provider) -> tuple[str, Cure]:
    """What is wrong, and the cure, where the certificate of a server is not accepted."""
    what = f"its certificate is not accepted: {exc.verify_message}"
    if exc.verify_code in _EXPIRED:
        return what, advice(
            "check the clock of this machine, or ask the operator for a new certificate"
        )
    if exc.verify_code in _OTHER_HOST:
        return what, advice("check the address: the certificate is for another host")
    whose = "the certificate of its authority (many companies have their own)"
    if not provider.trusts_environment:
        return what, advice("add {whose} to those that this system trusts", whose=whose)
    if named := _set_variable():
        return what, advice(
            "{named} is {os}: add {whose} to it, or unset it",
            named=named,
            os=repr(os.environ[named]),
            whose=whose,
        )
    return what, advice("set SSL_CERT_FILE to a file that contains {whose}", whose=whose)
