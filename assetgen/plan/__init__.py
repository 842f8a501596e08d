"""What is asked for, what exists, what to do and why. Pure."""
