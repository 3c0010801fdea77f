"""What the servers of the tests that run in a thread share."""

import threading


class InBackground:
    """For a `socketserver.ThreadingMixIn`: serves while a `with` statement lasts, or until `stop`."""

    daemon_threads = True
    block_on_close = False

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_exception):
        self.stop()

    def stop(self):
        """Nobody listens on the port any more."""
        self.shutdown()
        self.server_close()

    def handle_error(self, *_arguments):
        pass
