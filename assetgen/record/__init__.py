"""Records of provenance, and the ledger that is read from them."""
