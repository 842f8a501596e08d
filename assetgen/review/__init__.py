"""The page on which people look at every image and judge it: a server on loopback, and a file."""
