"""assetgen: pictures a repository asks for, made by the right route, each with its provenance."""

# Baked in: importlib.metadata would cost four interpreter starts.
__version__ = "0.1.0"
