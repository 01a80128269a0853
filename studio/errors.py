"""Errors that are told to the user in the words of their message."""


class StudioError(Exception):
    """Something could not be done, for a reason the user can understand and act on.

    The message is one or more plain sentences: what is wrong, with which file or value, and what
    to do. It is shown as it is: in a banner by the window, on stderr by the command line (exit 1).
    """
