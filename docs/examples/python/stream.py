#!/usr/bin/env python3
"""Prints an answer as it comes; Ctrl-C stops the model, too.   stream.py PROMPT [MODEL]"""

import os
import sys

from crowd_models import CrowdModels, CrowdModelsError

with CrowdModels() as models:
    # None is JSON's null, and that counts as not given.
    model = sys.argv[2] if len(sys.argv) > 2 else os.environ.get("CROWD_MODELS_MODEL")
    try:
        for text in models.stream(prompt=sys.argv[1], model=model):
            print(text, end="", flush=True)
    except CrowdModelsError as error:
        sys.exit(f"{error.data['kind']}: {error}")
    except KeyboardInterrupt:
        # Closing the connection cancels what was asked on it.
        sys.exit(130)
    print()
