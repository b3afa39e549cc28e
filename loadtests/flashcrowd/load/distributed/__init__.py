"""One run on several workers, by Locust's master and workers and their messages.

The master (`crew`) owns platform, schedule and record; each worker (`part`) lets its share of the members
live. Who lives where is dealt by `dealing`; a worker may act for as long as its lease lasts (`share`), and
the master deals its members anew only when that lease must have run out, so no member ever lives twice.
"""
