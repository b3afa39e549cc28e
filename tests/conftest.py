"""What all tests share: properties are searched the same way on every machine, without a deadline."""

from hypothesis import settings

settings.register_profile("flashcrowd", derandomize=True, deadline=None, print_blob=False)
settings.load_profile("flashcrowd")
