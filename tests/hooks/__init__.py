"""Hooks, by the programs that run hooks: real repositories, real commits."""
