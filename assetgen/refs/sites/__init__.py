"""A reference -> the file that it means, by the rules of its site."""
