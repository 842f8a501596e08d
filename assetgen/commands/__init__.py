"""The commands, one file each.

``arguments`` declares what a command accepts, ``contradiction`` returns the usage error for options
that exclude each other, and ``run`` does the work and returns the exit code. A file imports what
``run`` needs inside of it: --help loads the file, too.
"""
