"""A page or a file of code -> its references."""
