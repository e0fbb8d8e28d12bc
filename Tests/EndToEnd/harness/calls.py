"""Which of a library's public calls a test makes."""

import contextlib
import functools
import inspect


class Calls:
    """The public functions of some classes and modules, and those of them that were called."""

    def __init__(self):
        self.public, self.made = set(), set()

    def watch(self, owner):
        """Functions and properties that the owner itself defines; returns what undoes it."""
        undo = []
        module = owner.__module__ if inspect.isclass(owner) else owner.__name__
        for name, member in list(vars(owner).items()):
            function = member.fget if isinstance(member, property) else member
            if name.startswith("_") or not inspect.isfunction(function) or function.__module__ != module:
                continue
            label = f"{owner.__name__.rpartition('.')[2]}.{name}"
            self.public.add(label)
            noting = self.noting(label, function)
            setattr(owner, name, property(noting) if isinstance(member, property) else noting)
            undo.append(lambda name=name, member=member: setattr(owner, name, member))
        return undo

    def noting(self, label, function):
        @functools.wraps(function)
        def called(*arguments, **settings):
            self.made.add(label)
            return function(*arguments, **settings)

        return called

    @property
    def missing(self):
        return self.public - self.made


@contextlib.contextmanager
def watched(*owners):
    calls, undo = Calls(), []
    try:
        for owner in owners:
            undo += calls.watch(owner)
        yield calls
    finally:
        for step in undo:
            step()
