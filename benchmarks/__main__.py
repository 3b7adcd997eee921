"""``python -m benchmarks``: everything that is measured, in one command."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from all import main

if __name__ == "__main__":
    main()
