"""Errors of models/ that are told to the user in the words of their message."""


class ModelError(Exception):
    """A model, a data set or a run could not be used, for a reason the user can act on.

    The message is plain sentences: what is wrong, with which file or value, and what to do.
    """
