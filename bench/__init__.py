"""``make bench``: how fast the forum answers on this machine, beside a bare Django view on the same server."""
