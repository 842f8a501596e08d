"""A provider on loopback that behaves like OpenAI's image APIs and like the known gateways."""

from tests.support.provider.faults import FAULTS
from tests.support.provider.profiles import PROFILES
from tests.support.provider.server import Provider
from tests.support.provider.tls import ConnectProxy, tls_pair
from tests.support.provider.wire import Seen

__all__ = ["FAULTS", "PROFILES", "ConnectProxy", "Provider", "Seen", "tls_pair"]
