"""The manifest, assets.toml: its types, its rules, its parser."""
