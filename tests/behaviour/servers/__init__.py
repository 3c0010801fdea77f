"""Servers on loopback that behaviour tests start and stop, each a context manager on a free port.

`Nginx` serves a directory, with TLS 1.3 and HTTP/2 if wanted; `Misbehaving` does on purpose what a
server should not; `PypiServer` and `Devpi` are the real ones, installed for the test.
"""
