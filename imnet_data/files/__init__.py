"""Files by their address, on this machine or in an object store: looked at, read, put, listed.

What lies in them is not known here.
"""
