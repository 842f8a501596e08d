"""A provider of pictures on loopback that behaves like OpenAI's image API and like the gateways before it."""

from tests.provider.faults import FAULTS
from tests.provider.profiles import PROFILES
from tests.provider.server import Provider
from tests.provider.tls import ConnectProxy, tls_pair
from tests.provider.wire import Seen

__all__ = ["FAULTS", "PROFILES", "ConnectProxy", "Provider", "Seen", "tls_pair"]
