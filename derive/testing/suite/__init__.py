"""The tests that anyone can run over an installed copy: ``pytest --pyargs derive.testing``.

Quick by default: each derivation at its smallest setting, the first variant of each problem. ``--derive-full`` holds all
promises; ``--derive-bank DIR`` and ``--derive-derivations PATH`` run the same tests over somebody's own.
"""
