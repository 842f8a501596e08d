"""Images written into pages: snippets, edits, the typed module."""
