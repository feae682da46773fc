"""The network room: the one way to a server. Nothing is sent unless a client is made and asked.

`Client` holds what is the same everywhere (retries, what an answer means, sentences); how bytes travel is `RequestsClient`'s
matter outside QGIS, and `processing.web.QgisClient`'s inside, where proxy, certificates and sign-ins are QGIS's.
"""

from .client import Client, Response, host_of, with_params

__all__ = ["Client", "Response", "host_of", "with_params"]
