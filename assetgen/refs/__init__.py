"""Where pictures are referenced: found in pages and code, resolved to files of the repository. No Node at run time."""
